"""The whole chat, as `chatapp serve` runs it: on our own listener, and on eventlet's WSGI server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http_listener.conftest import LISTENERS, Connect, connections_to
from tests.http_listener.raw_client import get, post
from tests.people import Person, wait_until
from tests.servers import Server


def serve(folder: Path, listener: str) -> Server:
    return Server(folder, CHATAPP_HTTP_LISTENER=listener).start()


@pytest.fixture(scope="module", params=LISTENERS)
def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("chat"), request.param)
    yield started
    assert started.stop() == 0
    assert "Traceback" not in started.log, started.log
    assert "token" not in started.log, "Handshakes have it in their query"


@pytest.fixture
def connect(chat: Server) -> Iterator[Connect]:
    yield from connections_to(int(chat.http.rpartition(":")[2]))


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="+".join)
def test_people_sign_in_and_talk_by_every_transport(chat: Server, transports: list[str]) -> None:
    alice, bob = (Person(chat, name).connect(transports=transports) for name in ("alice", "bob"))
    assert alice.socket is not None
    assert alice.socket.transport() == transports[-1]
    assert alice.say("bob", f"hello by {transports}")["response"]["deliveredToAll"] is True
    bob.wait_for_message(f"hello by {transports}")
    name = f"Group by {transports}"
    group = alice.make_group(name, "bob")
    bob.wait_for("newgrp", lambda one: name in one["response"])
    assert bob.say(group, "hello, group", group=True)["response"]["deliveredToAll"] is True
    alice.wait_for_message("hello, group")
    assert [one["content"] for one in alice.history(group, group=True)] == ["hello, group"]
    for person in (alice, bob):
        person.disconnect()


@pytest.mark.slow
@pytest.mark.parametrize("listener", LISTENERS)
def test_it_stops_when_it_is_asked_to_while_people_are_connected(tmp_path: Path, listener: str) -> None:
    chat = serve(tmp_path, listener)
    people = [Person(chat, name).connect(transports=[by]) for name, by in (("alice", "polling"), ("bob", "websocket"))]
    assert people[0].say("bob", "kept")["success"] is True
    assert chat.stop() == 0
    for person in people:
        wait_until(lambda socket=person.socket: not socket.connected, "the client notices")
        person.disconnect()
    assert "Traceback" not in chat.log, chat.log
    chat.start()
    assert Person(chat, "bob").history("alice")[-1]["content"] == "kept"
    assert chat.stop() == 0


def test_what_is_too_large_is_refused(chat: Server, connect: Connect) -> None:
    for base in (chat.http, chat.ws):
        port = int(base.rpartition(":")[2])
        for size in (1_000_001, 1_048_577):
            ask = get("/login", f"Content-Length: {size}", "Content-Type: application/json", method="POST")
            status, body = connect(ask, b"x" * size, port=port).answer()
            assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_a_body_in_chunks_is_read(chat: Server, connect: Connect) -> None:
    port = int(chat.http.rpartition(":")[2])
    ask = get("/login", "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST")
    body = b'a\r\n{"username\r\n12\r\n":"nobody at all"}\r\n0\r\n\r\n'
    status, answer = connect(ask, body, port=port).answer()
    assert (status, json.loads(answer)["error"]["code"]) == (401, "wrong_credentials")


def test_too_large_a_body_in_chunks_is_refused(chat: Server, connect: Connect) -> None:
    """eventlet passes chunks on as they come, and Werkzeug cuts them off at its limit. Our listener counts them."""
    is_ours = chat.environment["CHATAPP_HTTP_LISTENER"] == "chatapp"
    ask = get("/login", "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST")
    chunk = b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536)
    status, answer = connect(ask, *[chunk] * 17).answer()
    assert (status, json.loads(answer)["error"]["code"]) == ((413, "too_large") if is_ours else (400, "malformed"))


@pytest.mark.parametrize("path", ["/a%00b", "/static/a%00b", "/%2e%2e/%2e%2e/etc/passwd", "//evil/%ff", "/groups/%00"])
def test_an_odd_path_is_no_fault_of_the_chat(chat: Server, connect: Connect, path: str) -> None:
    for base in (chat.http, chat.ws):
        status, _ = connect(get(path), port=int(base.rpartition(":")[2])).answer()
        assert 300 < status < 500


def test_java_s_first_request_reaches_the_chat_with_its_body(chat: Server, connect: Connect) -> None:
    """Its client asks for HTTP/2 along with it."""
    body = json.dumps({"username": "nobody at all"}).encode()
    headers = ("Content-Type: application/json", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
    client = connect(post("/login", body, *headers), port=int(chat.http.rpartition(":")[2]))
    status, answer = client.answer()
    assert status in (401, 404), answer
