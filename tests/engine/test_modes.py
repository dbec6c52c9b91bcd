"""Without our transport or without eventlet: the library's takes over, and the chat goes on."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest
from flask import Flask
from websockets.frames import Opcode

from tests.databases import Databases
from tests.engine.conftest import with_users
from tests.engine.raw_websocket import Polling, Raw, is_online
from tests.people import Person, wait_until
from tests.servers import ROOT, Server

PYTHON = [sys.executable, "-W", "ignore"]
SHAPES = {
    "threading": ([*PYTHON, "ws.py"], {"CHATAPP_ASYNC_MODE": "threading"}),
    **({"gevent": ([*PYTHON, "ws.py"], {"CHATAPP_ASYNC_MODE": "gevent"})} if find_spec("gevent") else {}),
    "eventlet": ([*PYTHON, "ws.py"], {}),
    "eventlet's WSGI server": ([*PYTHON, "ws.py"], {"CHATAPP_HTTP_LISTENER": "eventlet"}),
}


@pytest.fixture(scope="module", params=SHAPES)
def shaped(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Each shape of server; one port answers everything."""
    command, settings = SHAPES[request.param]
    folder = tmp_path_factory.mktemp("shape")
    database = with_users(sqlite_only.new(), folder)
    started = Server(folder, command, one_port=True, CHATAPP_DATABASE_URL=database, **settings)
    started.start(started.ws + "/readyz")
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture
def pair(shaped: Server) -> Iterator[tuple[Person, Person]]:
    found = Person(shaped, "user0"), Person(shaped, "user1")
    yield found
    for person in found:
        person.disconnect()
        person.http.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids=["websocket", "polling", "upgraded"]
)
def test_messages_acks_and_presence_work(pair: tuple[Person, Person], transports: list[str]) -> None:
    alice, bob = pair
    bob.connect(transports=transports)
    alice.connect(transports=transports)
    assert alice.socket is not None
    wait_until(lambda: alice.socket is not None and alice.socket.transport() == transports[-1], "alice has upgraded")
    ack = alice.say(bob.username, "hello, in any shape")
    assert ack["response"]["deliveredToAll"] is True
    group = alice.make_group("Shapes", bob.username)
    alice.wait_for("newgrp")
    bob.wait_for("newgrp")
    # One by one, because the stock transport answers a poll with more packets than the Python client accepts.
    for number in range(10):
        assert bob.say(group, str(number), group=True)["response"]["deliveredToAll"] is True
    alice.wait_for_message("9")
    got = [one["content"] for one in alice.messages() if one["receiver"] == group]
    assert got == [str(number) for number in range(10)]
    bob.disconnect()
    wait_until(lambda: not is_online(alice, bob), "bob is seen to have gone")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_an_ack_that_says_success_false_confirms_nothing(
    shaped: Server, pair: tuple[Person, Person], transport: str
) -> None:
    alice, bob = pair
    line = Raw(shaped).joined(bob.token) if transport == "websocket" else Polling(shaped, bob.token).join()
    assert alice.post("/messages", {"receiver": bob.username, "content": "confirm this"}).status_code == 200
    # The first message of the two also comes with the news of their conversation, in an event without an ack.
    event = line.text_that(lambda text: '["response"' in text and '"confirm this"' in text)
    number = event.removeprefix("42/chat,").partition("[")[0]
    for at, (success, is_confirmed) in enumerate((("false", False), ("true", True))):
        line.send_text(f'43/chat,{number}[{{"success":{success},"receiver":"{bob.username}"}}]')
        line.send_text(f'42/chat,{at}["nothing like this"]')
        line.text_that(lambda text, at=at: text.startswith(f"43/chat,{at}["))
        assert alice.history(bob.username)[-1]["deliveredToAll"] is is_confirmed
    line.drop()


def test_a_connection_that_sends_garbage_is_closed_at_once(shaped: Server, pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    bob.connect()
    raw = Raw(shaped).joined(alice.token)
    assert is_online(bob, alice)
    raw.send_text("nonsense")
    wait_until(lambda: not is_online(bob, alice), "alice is seen to have gone")
    wait_for_close(raw)
    raw.drop()


def test_a_session_ended_by_the_server_closes_its_connection(shaped: Server, pair: tuple[Person, Person]) -> None:
    alice, _ = pair
    raw = Raw(shaped).joined(alice.token)
    assert alice.post("/logout", {}).status_code < 300
    raw.text_that(lambda text: text == "41/chat,")
    raw.send_text("1")
    wait_for_close(raw)
    raw.drop()


def wait_for_close(raw: Raw) -> None:
    """A close frame, or the end: Werkzeug's server leaves it to the client to end the connection after the first."""
    while (frame := raw.frame()) is not None and frame.opcode is not Opcode.CLOSE:
        pass


def test_flask_socketio_s_own_test_client_works(make_app: Callable[..., Flask]) -> None:
    app = make_app(sockets=True)
    sockets = app.extensions["socketio"]
    tokens = {}
    for name in ("alice", "bob"):
        tokens[name] = app.test_client().post("/login", json={"username": name}).headers["auth-token"]
    alice, bob = (
        sockets.test_client(app, namespace="/chat", auth={"token": tokens[name]}) for name in ("alice", "bob")
    )
    assert alice.is_connected("/chat")
    message = {"sender": "alice", "receiver": "bob", "content": "in process"}
    ack = alice.emit("privateMessage", message, namespace="/chat", callback=True)
    assert ack["success"] is True
    heard = [one["args"][0]["response"]["content"] for one in bob.get_received("/chat") if one["name"] == "response"]
    assert heard == ["in process"]
    alice.disconnect("/chat")
    assert not alice.is_connected("/chat")


@pytest.mark.slow
def test_threading_mode_does_not_import_eventlet() -> None:
    code = "import sys, ws; print([name for name in sys.modules if name.partition('.')[0] in ('eventlet', 'greenlet')])"
    environment = {"CHATAPP_ASYNC_MODE": "threading", "CHATAPP_DATABASE_URL": "sqlite://", "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    found = done.stdout.strip()
    assert "eventlet" not in found, (found, done.stderr)
