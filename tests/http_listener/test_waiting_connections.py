"""How an HTTP connection waits on the event loop: what no client can tell from outside."""

import socket
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest

from chatapp.eventloop.event_loop import READ, current_loop
from chatapp.http_listener.large_bodies import NONE
from chatapp.http_listener.listener import CONNECTION, HttpConnection, Listener
from tests.http_listener.raw_client import get

Start = Callable[..., Any]


class Line:
    """A connection, run by a greenlet of its own, and the other end of its socket."""

    def __init__(self, application: Callable[[dict[str, Any], Start], Iterable[bytes]]) -> None:
        own, self.client = socket.socketpair()
        own.setblocking(False)
        self.client.setblocking(False)
        self.descriptor = own.fileno()
        listener: Any = SimpleNamespace(application=application, base={}, connections=set(), large_bodies=NONE)
        self.connection = HttpConnection(listener, own, "")

    def begin(self) -> None:
        eventlet.spawn_n(self.connection.run)
        eventlet.sleep(0.01)

    def ask(self, path: str) -> bytes:
        self.client.send(get(path))
        eventlet.sleep(0.01)
        return self.client.recv(1000)


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    made: list[Line] = []
    yield made
    for line in made:
        line.client.close()
    eventlet.sleep(0.01)
    assert all(line.descriptor not in current_loop()._watched for line in made)


def test_what_comes_during_an_answer_is_heard_once_and_read_after_it(
    lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        if environ["PATH_INFO"] == "/slow":
            eventlet.sleep(0.1)
        return [environ["PATH_INFO"].encode()]

    heard: list[int] = []
    original = HttpConnection._ready

    def ready(connection: HttpConnection, events: int) -> None:
        heard.append(events)
        original(connection, events)

    monkeypatch.setattr(HttpConnection, "_ready", ready)
    lines.append(line := Line(application))
    line.begin()
    assert line.ask("/first").endswith(b"/first")
    heard.clear()
    line.client.send(get("/slow"))
    eventlet.sleep(0.01)
    line.client.send(get("/behind"))
    eventlet.sleep(0.05)
    # epoll is level-triggered and would report it in every iteration.
    assert heard == [READ, READ]
    eventlet.sleep(0.1)
    assert line.client.recv(1000).endswith(b"/behind")


def test_a_connection_that_is_given_away_is_watched_no_more(lines: list[Line]) -> None:
    given: list[socket.socket] = []

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        if environ["PATH_INFO"] == "/take":
            given.append(environ[CONNECTION].detach()[0])
        return [b"answered"]

    lines.append(line := Line(application))
    line.begin()
    assert line.ask("/first").endswith(b"answered")
    assert line.descriptor in current_loop()._watched
    line.client.send(get("/take"))
    eventlet.sleep(0.01)
    assert line.descriptor not in current_loop()._watched
    given[0].close()


def test_whoever_stops_waiting_is_not_woken_out_of_something_else(lines: list[Line]) -> None:
    lines.append(line := Line(lambda _environ, _start: []))
    woken: list[str] = []

    def wait() -> None:
        with eventlet.Timeout(0.01, False):
            line.connection._wait(READ)
        eventlet.sleep(0.1)
        woken.append("in time" if is_over else "too early")
        line.connection._close()

    is_over = False
    eventlet.spawn_n(wait)
    eventlet.sleep(0.05)
    line.client.send(b"something")
    eventlet.sleep(0.02)
    assert woken == []
    is_over = True
    eventlet.sleep(0.1)
    assert woken == ["in time"]


def test_a_hang_up_is_reported_once_and_only_to_a_request_that_asks(lines: list[Line]) -> None:
    told: list[str] = []

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        if environ["PATH_INFO"] == "/asks":
            environ[CONNECTION].when_hung_up(lambda: told.append("hung up"))
        eventlet.sleep(0.05)
        environ[CONNECTION].when_hung_up(None)
        return [b"answered"]

    lines += [kept := Line(application), dropped := Line(application)]
    for line in (kept, dropped):
        line.begin()
        line.client.send(get("/asks"))
    eventlet.sleep(0.01)
    dropped.client.shutdown(socket.SHUT_WR)
    eventlet.sleep(0.1)
    assert told == ["hung up"]
    # A half-closed connection still gets its response.
    assert dropped.client.recv(1000).endswith(b"answered")
    assert kept.client.recv(1000).endswith(b"answered")
    kept.client.send(get("/asks-not"))
    eventlet.sleep(0.01)
    kept.client.shutdown(socket.SHUT_WR)
    eventlet.sleep(0.1)
    assert told == ["hung up"]


def test_a_listener_that_stopped_is_watched_no_more() -> None:
    """Its descriptor's number may be the next connection's."""
    listening = socket.create_server(("127.0.0.1", 0))
    descriptor = listening.fileno()
    listener = Listener(listening, lambda _environ, _start: [])
    assert descriptor in current_loop()._watched
    listener.stop()
    assert descriptor not in current_loop()._watched
