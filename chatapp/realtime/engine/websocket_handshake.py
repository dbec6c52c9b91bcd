"""The opening handshake of a WebSocket (RFC 6455 section 4.2), and how its socket outlives the HTTP request.

Our own listener hands its socket over. gunicorn's is duplicated.
"""

import base64
import hashlib
import os
import socket
from typing import Any

from chatapp.eventloop import unpatched
from chatapp.eventloop.event_loop import current_loop
from chatapp.http_listener.listener import CONNECTION

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Section 1.3."""

KEY_BYTES = 16


def can_take_over(environ: dict[str, Any]) -> bool:
    """Whether the server of this request can give up a socket: our own listener, or gunicorn."""
    return CONNECTION in environ or "gunicorn.socket" in environ


def take_over(environ: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """Takes the request's connection over. Returns its socket, and the bytes received after the request."""
    if CONNECTION in environ:
        # The session keeps the environ for as long as it lives, but does not need the HTTP connection in it.
        own, early = environ.pop(CONNECTION).detach()
    else:
        own, early = _from_gunicorn(environ)
    own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return own, early


def _from_gunicorn(environ: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """Duplicates the socket: gunicorn closes its own file descriptor after the request, without a TCP shutdown."""
    from chatapp.eventloop.wsgi_server import mark_answered

    descriptor = os.dup(environ["gunicorn.socket"].fileno())
    current_loop().forget_closed(descriptor)
    own: socket.socket = unpatched.socket.socket(fileno=descriptor)
    own.setblocking(False)
    mark_answered()
    return own, environ["wsgi.input"].reader.unreader.buf.getvalue()


def response_to(environ: dict[str, Any]) -> bytes | None:
    """Returns the response that switches protocols, or None for an invalid opening handshake (section 4.2.1)."""
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
    """Whether it is a GET with the headers of an upgrade and without a body, which the frames would have to follow."""
    connection = [word.strip() for word in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    has_body = environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
    is_upgrade = "upgrade" in connection and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    return environ["REQUEST_METHOD"] == "GET" and is_upgrade and not has_body
