"""Writes the response of a WSGI application (PEP 3333) as HTTP/1.1 (RFC 9112)."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any

import orjson

from chatapp.errors import ChatError, failure_payload
from chatapp.http_listener.request_parser import Request
from chatapp.metrics.counters import counters
from chatapp.security_headers import hardening

log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

WRITE_BYTES = 65_536
"""Bytes of a response that are collected from the application before they are sent."""

_FAILURE_HEADERS = [("Content-Type", "application/json"), *hardening(is_json=True, is_secure=False)]
"""Of responses that no application made."""

_date = (0, "")
"""A second and its Date header, which all responses within that second share."""


class ClientGone(OSError):
    """The client is gone, and nothing more can be sent."""


class ResponseWriter:
    """Writes the response to one request.

    `send` sends bytes and raises OSError when the client is gone. `is_taken` says whether the application has taken the
    connection over. When the connection cannot carry another request, the writer sets `is_last` of this one.
    """

    __slots__ = ("_headers", "_is_chunked", "_is_sent", "_is_taken", "_left", "_request", "_send", "_status")

    def __init__(self, request: Request, send: Callable[[bytes], None], is_taken: Callable[[], bool]) -> None:
        self._request = request
        self._send = send
        self._is_taken = is_taken
        self._status = ""
        self._headers: Headers = []
        self._is_sent = False
        self._is_chunked = False
        self._left: int | None = None
        """Bytes still missing from the body, by the application's Content-Length."""

    def respond(self, application: Application, base: dict[str, Any]) -> None:
        """Calls the application and sends its response. If it raises, the response is 500 without details."""
        try:
            result = application(self._request.environ(base), self._start)
            try:
                if not self._is_taken():
                    self._write(result)
            finally:
                if hasattr(result, "close"):
                    result.close()
        except ClientGone:
            self._request.is_last = True
        except Exception:
            log.exception("A request could not be answered")
            self._fail()

    def _start(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info is not None and self._is_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = status, headers
        return lambda piece: self._flush([piece], is_end=False)

    def _write(self, result: Iterable[bytes]) -> None:
        """Sends a small response in one piece with its head, and a large one in parts."""
        pieces: list[bytes] = []
        size = 0
        for piece in result:
            pieces.append(piece)
            size += len(piece)
            if size >= WRITE_BYTES:
                self._flush(pieces, is_end=False)
                pieces, size = [], 0
        self._flush(pieces, is_end=True)

    def _flush(self, pieces: list[bytes], *, is_end: bool) -> None:
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        head = b""
        if not self._is_sent:
            head = self._head_for(body, is_end=is_end)
        if self._has_no_body():
            body = b""
        elif self._left is not None:
            body = self._cut(body, self._left, is_end=is_end)
        elif self._is_chunked:
            body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + (b"0\r\n\r\n" if is_end else b"")
        data = head + body
        self._is_sent = True
        try:
            self._send(data)
        except OSError as error:
            raise ClientGone from error

    def _cut(self, body: bytes, left: int, *, is_end: bool) -> bytes:
        """Cuts the body to its Content-Length: the client would read the surplus as the next response. A body that is
        too short ends the connection, since the client would wait for the rest."""
        self._left = max(left - len(body), 0)
        if len(body) > left or (is_end and self._left):
            log.error("A response has another length than its Content-Length says")
            self._request.is_last = True
        return body[:left]

    def _head_for(self, body: bytes, *, is_end: bool) -> bytes:
        """Returns the status line and the headers, including the one that delimits the body (section 6)."""
        if not self._status:
            raise RuntimeError("The application has not called start_response.")
        request = self._request
        if request.stream is not None and not request.stream.is_complete:
            # What the application did not read would be taken for the next request.
            request.is_last = True
        self._left = None
        self._is_chunked = False
        lines = [f"HTTP/1.1 {self._status}"]
        has_date = False
        for name, value in self._headers:
            lines.append(f"{name}: {value}")
            lower = name.lower()
            if lower == "content-length":
                self._left = int(value)
            has_date |= lower == "date"
        if not has_date:
            lines.append(f"Date: {_now()}")
        if self._left is None and not self._has_no_body():
            if is_end:
                lines.append(f"Content-Length: {len(body)}")
            elif request.version == "1.1":
                self._is_chunked = True
                lines.append("Transfer-Encoding: chunked")
            else:
                request.is_last = True
        if request.is_last:
            lines.append("Connection: close")
        elif request.version != "1.1":
            lines.append("Connection: keep-alive")
        head = "\r\n".join(lines)
        if "\n" in head.replace("\r\n", "") or head.count("\r") != len(lines) - 1:
            raise ValueError("A header holds a line break.")
        return head.encode("latin-1") + b"\r\n\r\n"

    def _has_no_body(self) -> bool:
        """RFC 9110 section 6.4.1."""
        return self._request.method == "HEAD" or self._status.startswith(("1", "204", "304"))

    def _fail(self) -> None:
        self._request.is_last = True
        if self._is_sent:
            return
        self._status = "500 Internal Server Error"
        self._headers = _FAILURE_HEADERS
        body = orjson.dumps(failure_payload(ChatError("Something went wrong on the server.")))
        with contextlib.suppress(ClientGone):
            self._flush([body], is_end=True)


def refusal(status: str, error: ChatError) -> bytes:
    """A whole response to what is no HTTP request, after which the connection is closed."""
    counters.refusals["transport", error.code] += 1
    body = orjson.dumps(failure_payload(error))
    headers = [*_FAILURE_HEADERS, ("Content-Length", str(len(body))), ("Connection", "close")]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _now() -> str:
    global _date
    now = int(time.time())
    if now != _date[0]:
        _date = (now, formatdate(now, usegmt=True))
    return _date[1]
