"""A small application with short deadlines. The arguments are the port, and a value of CHATAPP_HTTP_LISTENER.

SIGUSR1 stops the server, and leaves the process.
"""

from chatapp.eventloop.patching import patch

patch()

import gc  # noqa: E402
import hashlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable, Iterator  # noqa: E402
from typing import Any  # noqa: E402
from wsgiref.validate import validator  # noqa: E402

import greenlet  # noqa: E402

from chatapp.eventloop import wsgi_server  # noqa: E402
from chatapp.eventloop.event_loop import current_loop  # noqa: E402
from chatapp.http_listener import listener  # noqa: E402
from chatapp.http_listener.large_bodies import LargeBodies  # noqa: E402
from chatapp.serve import listen, listener_class  # noqa: E402

listener.IDLE_SECONDS, listener.REQUEST_SECONDS, listener.WRITE_SECONDS = 2.0, 0.3, 0.6
listener.LINGER_SECONDS, listener.SWEEP_SECONDS = 0.8, 0.05
wsgi_server.IDLE_SECONDS, wsgi_server.SOCKET_SECONDS = 2.0, 0.6
LONGER_THAN_PATIENCE_SECONDS = 0.8
LARGE = b"x" * 10_000_000
"""More than the system takes for a client that does not read."""

Start = Callable[..., Any]
ticks = 0


def tick() -> None:
    global ticks
    ticks += 1


def echo(environ: dict[str, Any]) -> Iterable[bytes]:
    wanted = {name: value for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT", "REMOTE_ADDR"))}
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    return [json.dumps({**wanted, **{name: environ.get(name, "") for name in names}, "body": body[:1000]}).encode()]


def streamed(environ: dict[str, Any]) -> Iterable[bytes]:
    """Reads as many pieces as the query says, of a body that is read as it arrives; all without one."""
    pieces, left, end = [], int(environ["QUERY_STRING"] or -1), "whole"
    try:
        while left and (piece := environ["wsgi.input"].read(100_000)):
            pieces.append(piece)
            left -= 1
    except OSError:
        end = "cut off"
    arrived[end] = arrived.get(end, 0) + sum(map(len, pieces))
    return [
        json.dumps({"sizes": list(map(len, pieces)), "hash": hashlib.sha256(b"".join(pieces)).hexdigest()}).encode()
    ]


def arrivals(_environ: dict[str, Any]) -> Iterable[bytes]:
    return [json.dumps(arrived).encode()]


def wait(_environ: dict[str, Any]) -> Iterable[bytes]:
    time.sleep(LONGER_THAN_PATIENCE_SECONDS)
    return [b"waited"]


def large(_environ: dict[str, Any]) -> Iterable[bytes]:
    return [LARGE]


def pause(_environ: dict[str, Any]) -> Iterator[bytes]:
    yield LARGE
    time.sleep(LONGER_THAN_PATIENCE_SECONDS)
    yield LARGE


def fail(_environ: dict[str, Any]) -> Iterable[bytes]:
    raise ConnectionResetError("the secret")


def fail_later(_environ: dict[str, Any]) -> Iterator[bytes]:
    yield LARGE
    raise RuntimeError("the secret")


def iterations(_environ: dict[str, Any]) -> Iterable[bytes]:
    """Another number in every iteration of the event loop."""
    current_loop().call_later(0, tick)
    return [b"%09d" % ticks]


def take(environ: dict[str, Any]) -> Iterable[bytes]:
    """Takes the connection over, sends back what came behind the request, and leaves it open."""
    own, behind = environ.pop(listener.CONNECTION).detach()
    own.send(b"taken " + behind)
    taken.append(own)
    return []


def hear(environ: dict[str, Any]) -> Iterable[bytes]:
    """Reads from the connection itself, as eventlet's WebSockets do."""
    return [environ["eventlet.input"].get_socket().recv(100)]


def counts(_environ: dict[str, Any]) -> Iterable[bytes]:
    """What the process holds. The collector is off: what only it would find counts."""
    names = [type(one).__name__ for one in gc.get_objects()]
    found: dict[str, Any] = {name: names.count(name) for name in ("HttpConnection", "RequestReader", "ResponseWriter")}
    found["greenlets"] = sum(1 for one in gc.get_objects() if isinstance(one, greenlet.greenlet) and not one.dead)
    found["descriptors"] = len(os.listdir("/proc/self/fd")) - len(taken)
    found["connections"] = len(getattr(server, "connections", ()))
    return [json.dumps(found).encode()]


@validator
def valid(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(3)]


ROUTED = (wait, large, pause, fail, fail_later, iterations, take, hear, counts, streamed, arrivals)
ROUTES = {"/" + one.__name__: one for one in ROUTED}
taken: list[Any] = []
arrived: dict[str, int] = {}
"""Bytes of streamed bodies, by how they ended."""


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/valid":
        return valid(environ, start)
    start("200 OK", [("Content-Type", "text/plain")])
    return ROUTES.get(environ["PATH_INFO"], echo)(environ)


if __name__ == "__main__":
    gc.collect()
    gc.disable()
    large_bodies = LargeBodies({}, [("PATCH", "/streamed")])
    server = listener_class(sys.argv[2])(listen("127.0.0.1", int(sys.argv[1])), application, large_bodies)
    signals: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _frame: signals.append(number))
    while not signals:
        time.sleep(0.05)
    server.stop()
    while True:
        time.sleep(60)
