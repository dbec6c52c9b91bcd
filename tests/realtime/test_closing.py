"""Connections that the server closes, and tokens that it must not log."""

import time

import pytest
import requests

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire
from tests.servers import Server

JOIN_SECONDS = 0.6
HEARTBEAT_SECONDS = 1 + 1


@pytest.fixture
def server(hasty_server: Server) -> Server:
    return hasty_server


def test_a_connection_that_joins_no_namespace_is_closed(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    joined = wires(alice)
    stranger = Wire(alice.server, alice.token, joins=False)
    refused = Wire(alice.server, "bad token")
    began = time.monotonic()
    stranger.wait_until_closed()
    assert time.monotonic() - began < JOIN_SECONDS + 2
    refused.wait_until_closed()
    assert joined.call("markRead", {}) is not None
    for wire in (stranger, refused):
        wire.close()


def test_a_polling_connection_that_joins_no_namespace_is_closed(server: Server) -> None:
    session = requests.Session()
    address = server.ws + "/socket.io/?EIO=4&transport=polling"
    sid = session.get(address, timeout=5).text.split(chr(34))[3]
    answer = session.get(f"{address}&sid={sid}", timeout=5)
    assert (answer.status_code, answer.text) == (200, ""), "The poll ends"
    assert session.get(f"{address}&sid={sid}", timeout=5).status_code == 400
    session.close()


def test_a_connection_that_answers_no_heartbeat_is_closed(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    silent, lively = wires(alice), bob.connect()
    began = time.monotonic()
    silent.wait_until_closed(answers_heartbeats=False)
    assert time.monotonic() - began < HEARTBEAT_SECONDS + 2.5
    lively.wait_for("onlineStatus", lambda one: one == {"username": alice.username, "online": False})
    assert lively.call("markRead", {}) is not None


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_token_in_the_query_is_not_logged(cast: Cast, transport: str) -> None:
    (alice,) = cast(1)
    alice.connect(transports=[transport])
    for bad in ("x", "4[[", '42/chat,1["markRead"', '42/chat,["connect"]'):
        wire = Wire(alice.server, alice.token).joined()
        wire.send(bad)
        wire.close()
    for path in ("EIO=4&transport=polling&sid=nobody", "EIO=3&transport=polling", "EIO=4&transport=none", "EIO=4&j=x"):
        requests.get(f"{alice.server.ws}/socket.io/?token={alice.token}&{path}", timeout=5)
        requests.post(f"{alice.server.ws}/socket.io/?token={alice.token}&{path}", data="\0", timeout=5)
    for method in ("PUT", "OPTIONS", "DELETE"):
        requests.request(method, f"{alice.server.ws}/socket.io/?token={alice.token}", timeout=5)
    requests.get(f"{alice.server.ws}/?token={alice.token}", timeout=5)
    requests.get(f"{alice.server.http}/nothing?token={alice.token}", timeout=5)
    log = alice.server.log
    assert "Socket.IO on port" in log, "This is the log"
    assert alice.token not in log
    assert alice.token.split(".")[2] not in log
