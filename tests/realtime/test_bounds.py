"""How much one client may send at once: the size of a request and of a packet, and the depth of JSON."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.people import Person
from tests.realtime.wire import Wire
from tests.servers import Server

MOST_BYTES = 400_000
DEPTH = 12


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(
        tmp_path_factory.mktemp("bounded"),
        CHATAPP_REQUEST_BYTES=MOST_BYTES,
        CHATAPP_PACKET_BYTES=MOST_BYTES,
        CHATAPP_JSON_DEPTH=DEPTH,
    ).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


def test_a_larger_request_is_refused(bounded: Server) -> None:
    alice = Person(bounded, "alice")
    answer = alice.post("/messages", {"receiver": "bob", "content": "x" * MOST_BYTES})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert alice.post("/messages", {"receiver": "bob", "content": "x" * 60_000}).status_code == 200


def test_a_larger_packet_closes_the_connection_and_says_why(bounded: Server) -> None:
    with closing(Wire(bounded, Person(bounded, "alice").token).joined()) as own:
        assert own.handshake["maxPayload"] == MOST_BYTES
        own.send("42/chat,1" + "x" * MOST_BYTES)
        own.wait_until_closed()
        assert own.socket.close_code == 1009


def test_json_that_is_nested_too_deep_is_refused_by_both_doors(bounded: Server) -> None:
    alice = Person(bounded, "alice")
    with closing(Wire(bounded, alice.token).joined()) as own:
        # The array of the event and its payload are two levels.
        for event in ("privateMessage", "sync"):
            refused = own.call(event, {"content": nested(DEPTH - 1)})
            assert (refused["error"]["code"], refused["error"]["details"]) == ("malformed", {"limit": DEPTH})
            allowed = own.call(event, {"content": nested(DEPTH - 2)})
            assert allowed.get("error", {}).get("code") != "malformed"
    for depth, code in ((DEPTH, "malformed"), (DEPTH - 1, "invalid_input")):
        answer = alice.post("/messages", {"receiver": "bob", "content": nested(depth)})
        assert answer.json()["error"]["code"] == code


def test_a_connection_that_nests_without_end_is_closed_alone(bounded: Server) -> None:
    token = Person(bounded, "alice").token
    with closing(Wire(bounded, token).joined()) as other, closing(Wire(bounded, token).joined()) as own:
        own.send('42/chat,1["sync",' + "[" * 5_000 + "]" * 5_000 + "]")
        own.wait_until_closed()
        assert other.call("sync", {})["success"] in (True, False)
