"""HTTP/1.1 requests as WSGI environs (PEP 3333). httptools parses the bytes by llhttp, Node's parser."""

import io
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import httptools

from chatapp.errors import Unavailable
from chatapp.http_listener.large_bodies import NONE, LargeBodies
from chatapp.http_listener.request_rules import ABSOLUTE, Unreadable, check
from chatapp.http_listener.streamed_body import StreamedBody

LARGEST_HEAD_BYTES = 32_768
"""Limit of a head with its blank line, of each chunk size line, and of the trailers."""
LARGEST_BODY_BYTES = 1_048_576
"""Limit of a body, which is kept in memory until the application is called. For a larger one the application gets only
the length, unless `LargeBodies` allows it."""

MOST_HEADERS = 100
MOST_PIPELINED = 100
"""Requests that wait behind the one in progress. The smallest take forty times as much memory as bytes on the wire."""

KEPT_NAMES, LONGEST_KEPT_NAME_BYTES = 256, 64
"""Header names whose environ keys are cached."""

HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Request:
    """One complete request. `is_last` says that the connection closes after it."""

    method: str
    target: bytes
    version: str
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    is_last: bool = False
    is_too_large: bool = False
    stream: StreamedBody | None = None
    """The body, if the application reads it as it arrives."""

    def environ(self, base: dict[str, Any]) -> dict[str, Any]:
        """Returns the WSGI environ. `base` holds the entries that all requests of the connection share."""
        path, _, query = ABSOLUTE.sub(b"", self.target, count=1).partition(b"?")
        environ = base.copy()
        environ["REQUEST_METHOD"] = self.method
        environ["SERVER_PROTOCOL"] = "HTTP/" + self.version
        environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1") or "/"
        environ["QUERY_STRING"] = query.decode("latin-1")
        environ["wsgi.input"] = io.BytesIO(self.body) if self.stream is None else self.stream
        for name, value in self.headers:
            key = _KEYS.get(name) or _key(name)
            if key in environ and key:
                environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value.decode("latin-1")
            elif key:
                environ[key] = value.decode("latin-1")
        if self.stream is not None and "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input_terminated"] = True
        # A chunked body is complete too. With this header the application would read it as one of unknown length.
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        if self.body and not self.is_too_large:
            environ["CONTENT_LENGTH"] = str(len(self.body))
        return environ


_KEYS: dict[bytes, str] = {}


def _key(name: bytes) -> str:
    """Returns a header's key in the environ; "" for a name with an underscore, which could pose as another header."""
    if b"_" in name:
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = "HTTP_" + key
    if len(_KEYS) < KEPT_NAMES and len(name) <= LONGEST_KEPT_NAME_BYTES:
        _KEYS[name] = key
    return key


def _nothing_more() -> None:
    raise ConnectionResetError("The rest of the body does not come.")


class RequestReader:
    """Reads the requests of one connection. `ready` holds those that are complete, and one whose body the application
    reads. `receive` waits for more bytes and feeds them, or raises OSError."""

    def __init__(self, large_bodies: LargeBodies = NONE, receive: Callable[[], None] = _nothing_more) -> None:
        self.ready: deque[Request] = deque()
        self.behind = b""
        """The bytes after a request that asks for a WebSocket."""
        self.expects_continue = False
        """Whether the client waits for `100 Continue` before it sends its body (RFC 9110 section 10.1.1)."""
        self.is_between = True
        """Whether no byte of a further request has arrived."""
        self._parser: Any = httptools.HttpRequestParser(self)
        self._request: Request | None = None
        self._head_bytes = 0
        """Bytes so far of the head, the chunk size line or the trailers that are being read."""
        self._body_left = 0
        """Bytes left of the body, or of the chunk and its line break."""
        self._is_chunked = False
        self._large_bodies = large_bodies
        self._receive = receive
        self._has_large_body = False
        self._chunk_line = bytearray()
        self._streamed: StreamedBody | None = None
        """The body that is arriving, if the application reads it."""
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()

    def feed(self, data: bytes) -> None:
        """Parses received bytes. Raises Unreadable. The requests in `ready` must still be answered."""
        try:
            self._parse(data)
        except httptools.HttpParserError as error:
            if self._streamed is not None:
                self._streamed.break_off()
            if isinstance(error.__context__, Unreadable):
                raise error.__context__ from None
            raise Unreadable("400 Bad Request", "This is no HTTP request.") from None

    def answered(self) -> None:
        """Gives the place of a large body back, if this connection has one."""
        if self._has_large_body:
            self._has_large_body = False
            self._large_bodies.release()

    def close(self) -> None:
        """Breaks the reference cycle of parser and reader, which only the garbage collector would break, much later."""
        self._parser = None
        self._receive = _nothing_more
        self.answered()

    def _parse(self, data: bytes) -> None:
        start = 0
        while start < len(data):
            end = self._next_part(data, start)
            try:
                self._parser.feed_data(memoryview(data)[start:end])
                start = end
            except httptools.HttpParserUpgrade:
                start, data = 0, self._switch(data[end:])

    def _next_part(self, data: bytes, start: int) -> int:
        """Returns the end of the next part to parse, and counts its bytes unless they belong to a body. Raises
        Unreadable for too many. The parser does not report where a head ends, so no part spans head and body."""
        if self._body_left:
            end = min(start + self._body_left, len(data))
            self._body_left -= end - start
            return end
        # Most heads arrive in one piece. Other heads, chunk size lines and trailers are parsed line by line.
        is_new_head = self._head_bytes <= 0 and not self._is_chunked
        blank = data.find(HEAD_END, start) if is_new_head else -1
        end = blank + len(HEAD_END) if blank >= 0 else data.find(b"\n", start) + 1 or len(data)
        self._head_bytes += end - start
        if self._head_bytes > LARGEST_HEAD_BYTES:
            raise Unreadable("431 Request Header Fields Too Large", "The headers are too large.")
        if self._is_chunked:
            self._chunk_line += data[start:end]
        return end

    def _switch(self, behind: bytes) -> bytes:
        """Handles a request to upgrade. For a WebSocket, keeps the bytes after it in `behind` and returns nothing.

        Any other upgrade is ignored (RFC 9110 section 7.8): returns the request without its header, to be parsed again
        with the body that the parser took for another protocol. Java's client asks for HTTP/2 in its first request.
        """
        request = self.ready[-1]
        if any(name == b"upgrade" and value.lower() == b"websocket" for name, value in request.headers):
            self.behind = behind
            return b""
        self.ready.pop()
        self._parser = httptools.HttpRequestParser(self)
        head = f"{request.method} {request.target.decode('latin-1')} HTTP/{request.version}\r\n".encode("latin-1")
        others = [b"%s: %s\r\n" % header for header in request.headers if header[0] != b"upgrade"]
        again = head + b"".join(others) + b"\r\n"
        self._head_bytes = -len(again)  # already counted
        return again + behind

    def on_message_begin(self) -> None:
        if len(self.ready) > MOST_PIPELINED:
            raise Unreadable("400 Bad Request", f"At most {MOST_PIPELINED} requests may wait for another's answer.")
        self.is_between = False
        self._url, self._headers = b"", []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._request is not None:
            return  # a trailer, which must not pose as a header that a proxy sets (RFC 9110 section 6.5.1)
        if len(self._headers) >= MOST_HEADERS:
            raise Unreadable("431 Request Header Fields Too Large", f"There are more than {MOST_HEADERS} headers.")
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        is_last = not parser.should_keep_alive() or parser.should_upgrade()
        version = parser.get_http_version()
        self._request = Request(parser.get_method().decode("latin-1"), self._url, version, self._headers, b"", is_last)
        self._head_bytes = 0
        check(self._request.method, self._url, version, self._headers)
        if self._large_bodies.is_streamed(self._request.method, self._url):
            self._request.stream = self._streamed = StreamedBody(self._receive)
            self.ready.append(self._request)
        for name, value in self._headers:
            if name == b"content-length":
                self._body_left = int(value)
                if self._body_left > LARGEST_BODY_BYTES and self._streamed is None:
                    self._take_large(self._request)
            elif name == b"transfer-encoding":
                self._is_chunked = True
            elif name == b"expect" and version == "1.1":
                self.expects_continue = value.lower() == b"100-continue"

    def on_body(self, body: bytes) -> None:
        request = self._request
        if request is None or request.is_too_large:
            return
        if self._streamed is not None:
            self._streamed.feed(body)
            return
        # One buffer instead of a list: a client may send its body in chunks of one byte.
        self._body += body
        if len(self._body) > LARGEST_BODY_BYTES and not self._has_large_body:
            # Chunked: no header announced the length.
            request.headers.append((b"content-length", b"%d" % len(self._body)))
            self._too_large(request)

    def on_chunk_header(self) -> None:
        size = int(self._chunk_line.partition(b";")[0], 16)
        self._chunk_line.clear()
        self._head_bytes = 0
        # A line break follows the data of a chunk. The last chunk, of size 0, has neither.
        self._body_left = size + len(b"\r\n") if size else 0

    def on_message_complete(self) -> None:
        request, self._request = self._request, None
        self._head_bytes = self._body_left = 0
        self._is_chunked = False
        self._chunk_line.clear()
        self.expects_continue = False
        self.is_between = True
        if self._streamed is not None:
            self._streamed.is_complete, self._streamed = True, None
            return
        if request is not None and not request.is_too_large:
            if self._body:
                request.body, self._body = bytes(self._body), bytearray()
            self.ready.append(request)

    def _take_large(self, request: Request) -> None:
        """Decides about a request whose head announces a large body."""
        if not self._large_bodies.allow(request.method, request.target, self._body_left):
            self._too_large(request)
            return
        if self._has_large_body or not self._large_bodies.take():
            sentence = "Too many large requests are being answered at the moment. Please try again."
            raise Unreadable("503 Service Unavailable", sentence, Unavailable)
        self._has_large_body = True

    def _too_large(self, request: Request) -> None:
        """Makes a request ready without its body. The rest of the body is discarded."""
        request.is_too_large = request.is_last = True
        self._body = bytearray()
        self.ready.append(request)
