"""No secret and no text of a message is in the log, or in the answer to a request that fails."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.databases import Databases
from tests.realtime.wire import Wire, private
from tests.security.installation import PASSWORD, SignedIn, start_installation
from tests.servers import Server

NEWCOMER = {"username": "xaver", "firstName": "X"}


TOKEN = "read-the-metrics-with-this-alone-" + secrets.token_hex(8)


@pytest.fixture(params=["text", "json"])
def server(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """With a log in each of its formats."""
    settings = {"CHATAPP_LOG_FORMAT": request.param, "CHATAPP_METRICS_TOKEN": TOKEN, "CHATAPP_PROXIES": 1}
    started = start_installation(tmp_path_factory.mktemp("logging"), sqlite_only, **settings)
    yield started
    started.kill()


def test_no_secret_is_in_the_log_or_in_a_refusal(server: Server) -> None:
    told = {name: f"tell-nobody-{name}-{secrets.token_hex(8)}" for name in ("wrong", "text", "draft", "json", "field")}
    admin, member = SignedIn(server, "admin"), SignedIn(server, "member")
    answers = [
        admin.post("/admin/invitations", {}),
        admin.post("/admin/people/gone/reset", {}),
        member.post("/second-factor", {"password": PASSWORD}),
    ]
    made = {answer["secret"] for answer in answers}
    kept = {PASSWORD, TOKEN, member.token, admin.token, *told.values(), *made}
    refusals = [_refusal(server, one, answers[1]["secret"], told) for one in (member.token, told["wrong"])]
    wire = Wire(server, member.token).joined()
    assert wire.call("privateMessage", private("member", "other", told["text"]))["success"]
    assert not wire.call("privateMessage", private("admin", "other", told["text"]))["success"]
    assert not wire.call("saveDraft", {"receiver": told["draft"], "content": 1})["success"]
    wire.send(f'42/chat,9["privateMessage",{told["json"]}')
    wire.wait_until_closed()
    wire.close()
    _ask_for_metrics(server, member.token)
    assert server.stop() == 0
    log = server.log
    assert "Traceback" not in log
    # A name that was looked up may be repeated to the person who wrote it.
    assert [one for one in kept if one in log] == []
    assert [one for one in kept if one in "".join(refusals)] == []


def _ask_for_metrics(server: Server, token: str) -> None:
    """With the right token, a wrong one, and one as the id of the request, which is too long for an id."""
    for given in (TOKEN, token):
        headers = {"Authorization": f"Bearer {given}", "X-Request-ID": token}
        requests.get(server.http + "/metrics", headers=headers, timeout=10)


def _refusal(server: Server, token: str, made: str, told: dict[str, str]) -> str:
    """The answers to requests that fail, with secrets in every place that takes one."""
    header = {"auth-token": token}
    json = {"Content-Type": "application/json"}
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/login", {"json": {"username": "member", "password": told["wrong"]}}),
        ("POST", "/login", {"json": {"username": "nobody.at.all", "password": told["wrong"], "code": told["field"]}}),
        ("POST", "/login", {"data": f'{{"password": "{told["json"]}"', "headers": json}),
        ("POST", "/login", {"json": {"username": "member", "password": [told["wrong"]]}}),
        ("POST", "/reset", {"json": {"secret": told["field"], "password": told["wrong"]}}),
        ("POST", "/email/confirm", {"json": {"secret": told["field"]}}),
        ("POST", "/forgot", {"json": {"account": "member", "also": told["field"]}}),
        ("POST", "/reset", {"json": {"secret": made, "password": "short"}}),
        (
            "POST",
            "/join",
            {"json": {"invite": told["field"], "username": "xaver", "firstName": "X", "password": told["wrong"]}},
        ),
        ("POST", "/invite", {"json": {"invite": told["field"]}}),
        ("POST", "/second-factor/confirm", {"json": {"code": told["field"]}, "headers": header}),
        ("PATCH", "/password", {"json": {"current": told["wrong"], "password": told["field"]}, "headers": header}),
        ("POST", "/messages", {"json": {"receiver": "other", "content": told["text"] + "\0"}, "headers": header}),
        ("GET", f"/nothing/here?token={token}", {}),
        ("GET", "/admin/people", {"headers": {"Authorization": f"Bearer {token}"}}),
        ("POST", "/messages", {"json": {"content": told["text"]}, "cookies": {"chatToken": token}}),
        ("GET", f"/messages/admin/other?after={told['field']}", {"headers": header}),
    ]
    answers = [requests.request(method, server.http + path, timeout=10, **rest) for method, path, rest in attempts]
    assert all(400 <= one.status_code < 500 for one in answers), [one.status_code for one in answers]
    return "".join(one.text for one in answers)
