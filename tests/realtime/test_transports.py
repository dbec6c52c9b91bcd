"""Polling, WebSocket, the upgrade between them, and the origins that may use them."""

import json
import re

import pytest
import requests
import socketio
from websockets.exceptions import InvalidStatus

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private
from tests.servers import Server

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


def test_the_handshake_answers_with_the_promised_values(server: Server) -> None:
    answer = requests.get(server.ws + HANDSHAKE, timeout=5)
    assert answer.status_code == 200
    assert re.fullmatch(
        r'0\{"sid":"[^"]+","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}',
        answer.text,
    )


@pytest.mark.parametrize("query", ["EIO=3&transport=polling", "EIO=4&transport=carrier-pigeon", "EIO=4&sid=nobody"])
def test_an_invalid_handshake_is_a_bad_request(server: Server, query: str) -> None:
    assert requests.get(f"{server.ws}/socket.io/?{query}", timeout=5).status_code == 400
    assert requests.get(server.ws + HANDSHAKE, timeout=5).status_code == 200


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="+".join)
def test_users_exchange_messages_on_every_transport(cast: Cast, transports: list[str]) -> None:
    alice, bob = cast(2)
    alice.connect(transports=transports)
    bob.connect(transports=transports)
    assert alice.socket is not None
    assert alice.socket.transport() == transports[-1]
    ack = alice.say(bob.username, "hello")
    assert ack["response"]["deliveredToAll"] is True
    bob.wait_for_message("hello")
    answer = bob.say(alice.username, "hello yourself")
    assert answer["response"]["deliveredToAll"] is True
    alice.wait_for_message("hello yourself")
    refused = alice.say(bob.username, "")
    assert refused["error"]["code"] == "invalid_input"


def test_a_bad_token_is_rejected_on_every_transport(server: Server) -> None:
    for transport in ("polling", "websocket"):
        client = socketio.Client(reconnection=False)
        heard: list[object] = []
        client.on("connect_error", heard.append, namespace="/chat")
        with pytest.raises(socketio.exceptions.ConnectionError):
            client.connect(f"{server.ws}?token=x", namespaces=["/chat"], transports=[transport])
        assert isinstance(heard[0], dict)
        assert heard[0]["data"]["code"] == "not_signed_in"
        client.disconnect()


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost.evil.example",
        "https://localhost",
        "http://[::1",
        "http://localhost:x",
    ],
)
def test_a_page_of_another_origin_gets_no_socket(cast: Cast, origin: str) -> None:
    (alice,) = cast(1)
    cookie = {"Cookie": f"chatToken={alice.token}"}
    allowed = requests.get(
        alice.server.ws + HANDSHAKE, headers={"Origin": "http://localhost:4200", **cookie}, timeout=5
    )
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:4200"
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    refused = requests.get(alice.server.ws + HANDSHAKE, headers={"Origin": origin, **cookie}, timeout=5)
    assert refused.status_code == 400
    assert "Access-Control-Allow-Origin" not in refused.headers
    with pytest.raises(InvalidStatus):
        Wire(alice.server, alice.token, origin=origin)
    Wire(alice.server, alice.token, origin="http://localhost:4200").joined().close()


def test_the_page_s_own_origin_gets_a_socket(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    Wire(server, alice.token, origin=server.ws).joined().close()


def test_garbage_by_polling_does_not_affect_other_connections(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice = wires(alice)
    for garbage in (
        b"",
        b"x",
        b"\xff\xfe",
        b"4",
        b"4x",
        b"42/chat,1{",
        b"4" * 999_999,
        b"4\x1e" * 9_999,
        b"9",
        b"bnope!",
    ):
        session = requests.Session()
        sid = json.loads(session.get(alice.server.ws + HANDSHAKE, timeout=5).text[1:])["sid"]
        address = f"{alice.server.ws}{HANDSHAKE}&sid={sid}"
        assert session.post(address, data=b"40/chat," + json.dumps({"token": bob.token}).encode(), timeout=5).ok
        assert session.post(address, data=garbage, timeout=5).status_code in (200, 400), garbage[:20]
        session.close()
        assert from_alice.call("privateMessage", private(alice.username, alice.username, "unharmed"))["success"] is True


def test_a_polling_request_above_the_size_limit_is_refused(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    sid = json.loads(requests.get(alice.server.ws + HANDSHAKE, timeout=5).text[1:])["sid"]
    answer = requests.post(f"{alice.server.ws}{HANDSHAKE}&sid={sid}", data=b"4" * 1_000_001, timeout=5)
    assert answer.status_code == 400
    assert wires(alice).call("privateMessage", private(alice.username, bob.username, "hi"))["success"] is True
