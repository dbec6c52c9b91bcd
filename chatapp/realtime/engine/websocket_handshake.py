"""From an HTTP request to a WebSocket that belongs to nobody's request any more (RFC 6455 section 4.2).

Our own listener hands its socket over. Under gunicorn it is duplicated.
"""

import base64
import hashlib
import os
import socket
from typing import Any

import eventlet.wsgi
from eventlet import hubs, patcher

from chatapp.http_listener.listener import CONNECTION

_plain_socket = patcher.original("socket")
"""The standard library's own: a green socket would wait where ours must not."""

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Section 1.3."""

KEY_BYTES = 16


def can_take_over(environ: dict[str, Any]) -> bool:
    """Whether the server that runs us is one whose socket we can keep: our own, or gunicorn."""
    return CONNECTION in environ or "gunicorn.socket" in environ


def take_over(environ: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """Keeps the request's connection; returns it, and what the server has read of it beyond the request."""
    if CONNECTION in environ:
        # The environ is kept for as long as the session lives; the HTTP side of its connection need not be.
        own, early = environ.pop(CONNECTION).detach()
    else:
        own, early = _from_gunicorn(environ)
    own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return own, early


def _from_gunicorn(environ: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """A duplicate: gunicorn closes its own descriptor when the request is over, and does no more than that. It is told
    that the request is answered."""
    descriptor = os.dup(environ["gunicorn.socket"].fileno())
    # The number may have been another socket's, whose listeners the hub has not forgotten yet.
    hubs.notify_opened(descriptor)
    own: socket.socket = _plain_socket.socket(fileno=descriptor)
    own.setblocking(False)
    eventlet.wsgi.WSGI_LOCAL.already_handled = True
    return own, environ["wsgi.input"].reader.unreader.buf.getvalue()


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
