"""From an HTTP request to a WebSocket that belongs to nobody's request any more (RFC 6455 section 4.2).

The socket is duplicated: the server closes its own descriptor when the request is over, and ours lives on. gunicorn's
worker does no more than that. eventlet.wsgi also shuts the connection down, which a duplicate would feel;
`KeepingProtocol` keeps it from that.
"""

import base64
import hashlib
import os
import socket
from collections.abc import Callable
from typing import Any

import eventlet.wsgi
from eventlet import hubs, patcher

_plain_socket = patcher.original("socket")
"""The standard library's own: a green socket would wait where ours must not."""

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Section 1.3."""

RELEASE = "chatapp.release"
"""The environ's key for what makes eventlet.wsgi let go of the connection."""

KEY_BYTES = 16


class KeepingProtocol(eventlet.wsgi.HttpProtocol):  # type: ignore[misc]
    """eventlet's HTTP protocol, which can let go of a connection without ending it."""

    is_released = False

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ[RELEASE] = self.release
        return environ

    def release(self) -> None:
        """The server forgets the connection when the request is over."""
        self.is_released = True

    def finish(self) -> None:
        if not self.is_released:
            super().finish()
            return
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.conn_state[1] = _Nothing()


class _Nothing:
    """Stands in the server's table of connections where the socket was."""

    def shutdown(self, *_args: Any) -> None:
        """The server shuts down what it finds there."""

    def close(self) -> None:
        """And closes it."""


def can_take_over(environ: dict[str, Any]) -> bool:
    """Whether the server that runs us is one whose socket we can keep: eventlet's with our protocol, or gunicorn's."""
    return RELEASE in environ or "gunicorn.socket" in environ


def take_over(environ: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """Keeps the request's connection; returns it, and what the server has read of it beyond the request. The server is
    told that the request is answered."""
    is_gunicorn = "gunicorn.socket" in environ
    green = environ["gunicorn.socket"] if is_gunicorn else environ["eventlet.input"].get_socket()
    early = environ["wsgi.input"].reader.unreader.buf.getvalue() if is_gunicorn else _buffered(environ, green)
    descriptor = os.dup(green.fileno())
    # The number may have been another socket's, whose listeners the hub has not forgotten yet.
    hubs.notify_opened(descriptor)
    own: socket.socket = _plain_socket.socket(fileno=descriptor)
    own.setblocking(False)
    own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    release: Callable[[], None] | None = environ.get(RELEASE)
    if release is not None:
        release()
    eventlet.wsgi.WSGI_LOCAL.already_handled = True
    return own, early


def _buffered(environ: dict[str, Any], green: Any) -> bytes:
    # Peeking reads when the buffer is empty, and must not wait then.
    green.setblocking(False)
    found: bytes = environ["eventlet.input"].rfile.peek()
    return found


def response_to(environ: dict[str, Any]) -> bytes | None:
    """The answer that switches protocols; None for a request that is no valid opening handshake (section 4.2.1)."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == KEY_BYTES
    except ValueError:
        is_key = False
    if not is_key or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not _is_plain_upgrade(environ):
        return None
    accept = base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept
        + b"\r\n\r\n"
    )


def _is_plain_upgrade(environ: dict[str, Any]) -> bool:
    """A GET that says upgrade where it must, and has no body: the frames would follow that."""
    connection = [word.strip() for word in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    has_body = environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
    is_upgrade = "upgrade" in connection and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    return environ["REQUEST_METHOD"] == "GET" and is_upgrade and not has_body
