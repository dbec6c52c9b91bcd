"""Reads requests by RequestReader alone, without an event loop or a socket."""

from typing import Any

import pytest

from chatapp.http_listener.request_parser import (
    Request,
    RequestReader,
    Unreadable,
)

HOST = b"Host: chat\r\n"
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"


def read(*pieces: bytes) -> list[Request]:
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    return list(reader.ready)


def environ_of(data: bytes, **base: Any) -> dict[str, Any]:
    (request,) = read(data)
    return request.environ(base)


def status_of(*pieces: bytes) -> str:
    """The status with which the bytes are refused."""
    with pytest.raises(Unreadable) as refused:
        read(*pieces)
    return refused.value.status
