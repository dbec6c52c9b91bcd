"""The log as JSON: one line a request and one an event of note, with ids that tie them."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from sqlalchemy.exc import IntegrityError, OperationalError

from chatapp import errors
from chatapp.logs.events import EVENTS, connection_name
from chatapp.logs.json_lines import JsonLines
from tests.databases import Databases
from tests.people import PATIENCE_SECONDS, Person
from tests.realtime.wire import Wire, private
from tests.servers import ROOT, Server
from tests.test_documentation import code_in, table_under

Line = dict[str, Any]


@pytest.fixture(scope="module")
def server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"CHATAPP_LOG_FORMAT": "json", "CHATAPP_PROXIES": 1, "CHATAPP_JOIN_TIMEOUT": 1, "CHATAPP_NODE": "one"}
    started = Server(tmp_path_factory.mktemp("logging"), CHATAPP_DATABASE_URL=sqlite_only.new(), **settings).start()
    yield started
    assert started.stop() == 0, started.log
    assert [one["version"] for one in lines(started, event="stop")] != []


def lines(server: Server, **fields: Any) -> list[Line]:
    """The lines of the log with these fields. Every line must be JSON."""
    found = [json.loads(line) for line in server.log.splitlines()]
    return [line for line in found if all(line.get(name) == value for name, value in fields.items())]


def line_of(server: Server, **fields: Any) -> Line:
    """Waits for the one line with these fields."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := lines(server, **fields)):
        assert time.monotonic() < deadline, server.log
        time.sleep(0.05)
    (line,) = found
    return line


def test_each_request_is_a_line_with_the_id_that_is_answered(server: Server) -> None:
    alice = Person(server, "alice")
    answer = alice.get("/messages/alice/bob?after=3&limit=7")
    line = line_of(server, request=answer.headers["X-Request-ID"])
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/messages/<sender>/<receiver>", 200)
    assert 0 < line["milliseconds"] < 60_000
    assert line["node"] == "one"
    assert isinstance(line["user"], int)
    anonymous = requests.get(server.http + "/healthz", timeout=10)
    assert line_of(server, request=anonymous.headers["X-Request-ID"])["user"] is None
    assert "limit=7" not in server.log


def test_a_refused_request_says_its_code(server: Server) -> None:
    answer = requests.get(server.http + "/nobody/knows/this", timeout=10)
    line = line_of(server, request=answer.headers["X-Request-ID"])
    assert (line["route"], line["status"], line["code"]) == ("unmatched", 404, "not_found")
    assert "nobody/knows" not in server.log


def test_a_sign_in_is_tied_to_its_request(server: Server) -> None:
    answer = requests.post(server.http + "/login", json={"username": "bob"}, timeout=10)
    found = {line["event"]: line for line in lines(server, request=answer.headers["X-Request-ID"])}
    assert set(found) == {"sign_in", "request"}
    assert found["sign_in"]["user"] == found["request"]["user"]
    failed = requests.post(server.http + "/login", json={"username": "typed-a-secret"}, timeout=10)
    assert failed.status_code == 401
    assert line_of(server, event="sign_in_failed", request=failed.headers["X-Request-ID"])["address"] == "127.0.0.1"
    assert "typed-a-secret" not in server.log


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123456789abcdef", True),
        ("Root=1-67891233-abcdef012345678912345678", True),
        ("short", False),
        ("x" * 65, False),
        ("with a space in it", False),
        ('quote"and{brace}', False),
        ("sémantique-ids", False),
    ],
)
def test_the_id_of_a_proxy_is_taken_if_it_is_well_formed(server: Server, given: str, is_taken: bool) -> None:
    headers = {"X-Request-ID": given.encode()}
    answered = requests.get(server.http + "/healthz", headers=headers, timeout=10).headers["X-Request-ID"]
    assert (answered == given) == is_taken
    assert re.fullmatch(r"[A-Za-z0-9._=-]{8,64}", answered)


def test_without_a_proxy_no_id_is_taken(make_app: Callable[..., Any]) -> None:
    given = "0123456789abcdef"
    client = make_app().test_client()
    answers = [client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] for _ in range(2)]
    assert len({given, *answers}) == 3


def test_the_lines_of_a_socket_are_tied_by_a_name_that_is_not_its_id(server: Server) -> None:
    wire = Wire(server, Person(server, "carol").token).joined()
    sid = wire.handshake["sid"]
    name = connection_name(sid)
    assert not wire.call("privateMessage", private("carol", "nobody", "unsaid"))["success"]
    assert not wire.call("secret-in-a-name", {})["success"]
    found = lines(server, connection=name)
    assert [line["event"] for line in found] == ["connected", "refusal"]
    assert len({line["user"] for line in found}) == 1
    late = line_of(server, event="refusal", code="not_found")
    assert late["user"] == found[0]["user"]
    wire.close()
    assert sid not in server.log
    assert "secret-in-a-name" not in server.log


def test_a_connection_that_is_closed_for_a_limit_is_a_line(server: Server) -> None:
    wire = Wire(server, joins=False)
    wire.wait_until_closed()
    line = line_of(server, event="connection_closed", connection=connection_name(wire.handshake["sid"]))
    assert line["limit"] == "join_timeout"


def test_the_start_is_a_line_and_nothing_else_is_printed(server: Server) -> None:
    assert line_of(server, event="start")["node"] == "one"


def test_the_operations_page_lists_every_event_and_no_other() -> None:
    rows = table_under(ROOT / "docs" / "operations.md", "Event", "Written when", "Fields")
    assert sorted(name for row in rows for name in code_in(row[0])) == sorted(EVENTS)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("invalid literal: 'hidden'"), "ValueError"),
        (IntegrityError("INSERT ...", {"text": "hidden"}, Exception("Key (name)=(hidden)")), "Exception"),
        (
            OperationalError("SELECT", {}, Exception("database is locked\nhidden")),
            "OperationalError: database is locked",
        ),
        (OSError(28, "No space left on device", "hidden"), "OSError: No space left on device"),
        (errors.NotFound("There is no such group."), "There is no such group."),
    ],
)
def test_of_an_exception_only_its_kind_and_place_are_written(error: Exception, said: str) -> None:
    try:
        raise error
    except Exception as raised:
        info = (type(raised), raised, raised.__traceback__)
        record = logging.LogRecord("chatapp", logging.ERROR, __file__, 1, "It failed: %s", (raised,), info)
    written = JsonLines("one").format(record)
    line = json.loads(written)
    assert line["message"] == f"It failed: {said}"
    assert line["exception"][0] == type(error).__name__
    assert __file__ in line["trace"][-1]
    assert "hidden" not in written
