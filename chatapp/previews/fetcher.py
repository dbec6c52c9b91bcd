"""Fetches a page or a picture of a server that may be slow, broken or hostile.

Runs in `worker.py` alone, which the process that started it ends when it takes too long.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from socket import socket
from urllib.parse import urljoin

from chatapp.previews import guard
from chatapp.previews.guard import Refused, Target, target_of

STEP_SECONDS = 5.0
"""Longest wait for a connection, and between two pieces of an answer."""
MOST_REDIRECTS = 4
PIECE_BYTES = 16_384
USER_AGENT = "chatapp (previews of links)"
REDIRECTS = (301, 302, 303, 307, 308)
ENCODINGS = {"": None, "identity": None, "gzip": 31, "x-gzip": 31}
"""How an answer may be packed, and zlib's window bits that unpack it."""

Connect = Callable[[Target, float], socket]


class NotFetched(Exception):
    """There is nothing to show of this address. The text says why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is asked for. Of what is longer than `most_bytes` the beginning is taken if it `may_be_cut`, or nothing."""

    types: tuple[str, ...]
    most_bytes: int
    may_be_cut: bool


PAGE = Kind(("text/html", "application/xhtml+xml"), 524_288, may_be_cut=True)
PICTURE = Kind(("image/jpeg", "image/png", "image/webp", "image/gif"), 5_000_000, may_be_cut=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, and the address that gave it, after redirects. `charset` is empty where the answer names none."""

    url: str
    charset: str
    body: bytes


def fetch(url: str, kind: Kind, connect: Connect = guard.connect) -> Fetched:
    """Asks for what a URL leads to, by up to MOST_REDIRECTS redirects, each checked anew.

    No cookies, no referrer and no proxy of the environment. Raises NotFetched.
    """
    for _ in range(MOST_REDIRECTS + 1):
        try:
            target = target_of(url)
            location, fetched = _ask(target, kind, connect)
            url = urljoin(target.url, location)
        except (Refused, OSError, HTTPException, zlib.error, ValueError) as error:
            raise NotFetched(f"{type(error).__name__}: {error}") from None
        if fetched is not None:
            return fetched
    raise NotFetched("too many redirects")


def _ask(target: Target, kind: Kind, connect: Connect) -> tuple[str, Fetched | None]:
    """Where a redirect leads to, or the answer."""
    connection = HTTPConnection(target.host)
    # Connected already: the connection looks up no name.
    connection.sock = connect(target, STEP_SECONDS)
    try:
        connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in _headers(target, kind).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        if response.status in REDIRECTS:
            return _location(response), None
        return "", _read(target, response, kind)
    finally:
        connection.close()


def _headers(target: Target, kind: Kind) -> dict[str, str]:
    return {
        "Host": target.host_header,
        "User-Agent": USER_AGENT,
        "Accept": ", ".join(kind.types),
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _location(response: HTTPResponse) -> str:
    location = response.headers.get("Location", "")
    if not location:
        raise NotFetched("a redirect to nowhere")
    # Headers are read as Latin-1; some servers write UTF-8.
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def _read(target: Target, response: HTTPResponse, kind: Kind) -> Fetched:
    if response.status != 200:
        raise NotFetched(f"status {response.status}")
    content = Message()
    content["Content-Type"] = response.headers.get("Content-Type", "")
    if content.get_content_type() not in kind.types:
        raise NotFetched("another type of content")
    charset = content.get_param("charset", "")
    return Fetched(target.url, charset if isinstance(charset, str) else "", _body(response, kind))


def _body(response: HTTPResponse, kind: Kind) -> bytes:
    """At most `most_bytes`, as sent and as unpacked: a small answer may hold very much."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise NotFetched("packed in a way that was not asked for")
    window_bits = ENCODINGS[encoding]
    unpacker = None if window_bits is None else zlib.decompressobj(window_bits)
    body, received = bytearray(), 0
    for piece in _pieces(response):
        received += len(piece)
        room = kind.most_bytes + 1 - len(body)
        body += piece[:room] if unpacker is None else unpacker.decompress(piece, room)
        if len(body) > kind.most_bytes or received > kind.most_bytes:
            if not kind.may_be_cut:
                raise NotFetched(f"more than {kind.most_bytes} bytes")
            break
    return bytes(body[: kind.most_bytes])


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    """The body as it comes. One that ends too early ends."""
    try:
        while piece := response.read1(PIECE_BYTES):
            yield piece
    except IncompleteRead as error:
        yield error.partial
