"""RequestReader by itself: bytes in, requests out. No event loop, no socket."""

import gc
import weakref
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.http_listener import request_parser
from chatapp.http_listener.request_parser import (
    KEPT_NAMES,
    LARGEST_BODY_BYTES,
    LARGEST_HEAD_BYTES,
    LONGEST_KEPT_NAME_BYTES,
    MOST_HEADERS,
    MOST_PIPELINED,
    Request,
    RequestReader,
    Unreadable,
)

HOST = b"Host: chat\r\n"
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"
SEVERAL = (
    b"GET /first?a=1&b HTTP/1.1\r\nHost: chat\r\nAccept: text/plain\r\n\r\n"
    b"\r\nPOST /second HTTP/1.1\r\nhost: chat\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world"
    b"POST /third HTTP/1.1\r\nHost: chat\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n"
    b"POST /fourth HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc"
    b"GET /fifth HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    b"GET /sixth HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n\r\n"
)


def read(*pieces: bytes) -> list[Request]:
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    return list(reader.ready)


def environ_of(data: bytes, **base: Any) -> dict[str, Any]:
    (request,) = read(data)
    return request.environ(base)


def status_of(*pieces: bytes) -> str:
    """The status with which they are refused."""
    with pytest.raises(Unreadable) as refused:
        read(*pieces)
    return refused.value.status


@given(st.lists(st.integers(0, len(SEVERAL)), max_size=12))
def test_requests_are_the_same_wherever_their_bytes_are_split(cuts: list[int]) -> None:
    edges = sorted({0, *cuts, len(SEVERAL)})
    found = read(*(SEVERAL[start:end] for start, end in pairwise(edges)))
    assert [(one.target, one.body, one.is_last) for one in found] == [
        (b"/first?a=1&b", b"", False),
        (b"/second", b"hello world", False),
        (b"/third", b"hello!", False),
        (b"/fourth", b"abc", False),
        (b"/fifth", b"", False),
        (b"/sixth", b"", True),
    ]
    assert found == read(SEVERAL)


def test_an_environ_is_what_pep_3333_says() -> None:
    data = (
        b"POST /r%C3%A4ume/%2f%zz?q=%20x&y HTTP/1.1\r\nHost: chat:8088\r\nContent-Type: text/plain\r\n"
        b"Content-Length: 3\r\nX-Two: a\r\nX-two: b\r\nCookie: a=1\r\nCookie: b=2\r\nX-Latin: \xe9\r\n\r\nabc"
    )
    environ = environ_of(data, SERVER_NAME="here")
    assert environ.pop("wsgi.input").read() == b"abc"
    assert environ == {
        "SERVER_NAME": "here",
        "REQUEST_METHOD": "POST",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": "/räume//%zz".encode().decode("latin-1"),
        "QUERY_STRING": "q=%20x&y",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "HTTP_HOST": "chat:8088",
        "HTTP_X_TWO": "a,b",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_LATIN": "é",
    }


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://elsewhere/p?q", "/p", "q"),
        (b"HTTPS://elsewhere:1?q", "/", "q"),
        (b"http://elsewhere", "/", ""),
        (b"//elsewhere/p", "//elsewhere/p", ""),
        (b"/a%00b", "/a\0b", ""),
        (b"/http://x?to=http://y/z", "/http://x", "to=http://y/z"),
    ],
)
def test_a_target_is_a_path_or_begins_with_a_host(target: bytes, path: str, query: str) -> None:
    environ = environ_of(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (environ["PATH_INFO"], environ["QUERY_STRING"], environ["HTTP_HOST"]) == (path, query, "chat")


def test_a_header_whose_name_has_an_underscore_cannot_pass_for_another() -> None:
    forged = b"X_Forwarded_For: 1.2.3.4\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\n"
    environ = environ_of(b"GET / HTTP/1.1\r\n" + HOST + b"X-Real: yes\r\n" + forged + b"\r\n")
    assert [name for name in environ if name.startswith(("HTTP_", "CONTENT"))] == ["HTTP_HOST", "HTTP_X_REAL"]


def test_a_trailer_cannot_pass_for_a_header() -> None:
    environ = environ_of(CHUNKED + b"X-Forwarded-For: 1.1.1.1\r\n\r\n1\r\na\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1"
    assert environ["CONTENT_LENGTH"] == "1"


def bad_heads() -> Iterator[tuple[str, bytes]]:
    """What is refused, each of which some server or proxy reads as something else than another does."""
    post, get = b"POST / HTTP/1.1\r\n" + HOST, b"GET / HTTP/1.1\r\n" + HOST
    end = b"\r\n\r\n"
    yield "a length and chunks", CHUNKED + b"Content-Length: 3" + end
    yield "chunks and a length", post + b"Content-Length: 3\r\nTransfer-Encoding: chunked" + end
    yield "two lengths", post + b"Content-Length: 3\r\nContent-Length: 4" + end
    yield "the same length twice", post + b"Content-Length: 3\r\nContent-Length: 3" + end
    for length in (b"3, 3", b"+3", b"-3", b"", b"3_0", b"0x3", b"9" * 30, b"0" * 5000 + b"3", b"3 4", b"\r\n 3"):
        yield f"length {length[:8]!r}", post + b"Content-Length: " + length + end
    for size in (b"-3", b"0x3", b"3 ", b"F" * 17, b"", b"3;a\nabc"):
        yield f"chunk {size!r}", CHUNKED + b"\r\n" + size + b"\r\nabc\r\n0" + end
    yield "a chunk that is longer than it says", CHUNKED + b"\r\n3\r\nabcd\r\n0" + end
    yield "a chunk that ends in a bare LF", CHUNKED + b"\r\n3\r\nabc\n0" + end
    yield "a folded header", get + b"X: a\r\n b" + end
    yield "a bare LF", b"GET / HTTP/1.1\nHost: chat\n\n"
    yield "a bare LF in the headers", get + b"X: a\nY: b" + end
    yield "a bare CR", get + b"X: a\rY: b" + end
    yield "a space before the colon", get + b"X : a" + end
    yield "no name", get + b": a" + end
    yield "no colon", get + b"X" + end
    yield "a control character", get + b"X: a\0b" + end
    yield "a path with a control character", b"GET /a\0b HTTP/1.1\r\n" + HOST + end
    yield "no host", b"GET / HTTP/1.1" + end
    yield "two hosts", get + b"Host: other" + end
    yield "two hosts in 1.0", b"GET / HTTP/1.0\r\n" + HOST + HOST + end
    for target in (b"*", b"chat:80", b"path", b"ftp://chat/", b"/a#b", b"?a"):
        yield f"target {target!r}", b"GET " + target + b" HTTP/1.1\r\n" + HOST + end
    yield "CONNECT", b"CONNECT chat:80 HTTP/1.1\r\n" + HOST + end
    yield "CONNECT with a path", b"CONNECT / HTTP/1.1\r\n" + HOST + end
    yield "a method that is none", b"HELLO / HTTP/1.1\r\n" + HOST + end
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00"


BAD = dict(bad_heads())


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_an_ambiguous_request_is_refused(data: bytes) -> None:
    assert status_of(data) == "400 Bad Request"


@pytest.mark.parametrize("coding", [b"identity", b"gzip, chunked", b"xchunked"])
def test_a_coding_that_is_not_understood_is_refused(coding: bytes) -> None:
    data = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n"
    assert status_of(data) == "501 Not Implemented"
    assert len(read(data.replace(coding, b"Chunked"))) == 1


def test_chunks_are_refused_from_a_client_that_speaks_1_0() -> None:
    """A proxy of its age took no notice of the header: where the body ends is anybody's guess."""
    data = CHUNKED.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n0\r\n\r\n"
    assert status_of(data) == "501 Not Implemented"


@pytest.mark.parametrize("version", [b"0.9", b"2.0"])
def test_another_version_is_refused(version: bytes) -> None:
    assert status_of(b"GET / HTTP/" + version + b"\r\n" + HOST + b"\r\n") == "505 HTTP Version Not Supported"


def endless(start: bytes, piece: bytes, size: int = LARGEST_HEAD_BYTES) -> Iterator[bytes]:
    yield start
    yield from (piece for _ in range(size // len(piece) + 1))


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", b"a" * 100),
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 100),
        (b"GET / HTTP/1.1\r\n", b"X" * 100),
        (b"", b"\r\n" * 100),
        (CHUNKED + b"\r\n0\r\n", b"X: a\r\n" * 20),
        (CHUNKED + b"\r\n0\r\nX: ", b"a" * 100),
        (CHUNKED + b"\r\n1;", b"a" * 100),
    ],
    ids=["path", "value", "name", "nothing", "trailers", "trailer", "extension"],
)
def test_an_endless_request_is_refused_at_the_limit(start: bytes, piece: bytes) -> None:
    assert status_of(*endless(start, piece)).startswith("431 ")
    read(*endless(start, piece, LARGEST_HEAD_BYTES // 2))


WHOLE = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc"
PADDED = {
    "a path": (b"", b"GET /", b" HTTP/1.1\r\n" + HOST + b"\r\n", b""),
    "a header": (b"", b"GET / HTTP/1.1\r\n" + HOST + b"X: ", b"\r\n\r\n", b""),
    "empty lines and a header": (b"", b"\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"X: ", b"\r\n\r\n", b""),
    "a header before a body": (b"", WHOLE[:-7] + b"\r\nX: ", b"\r\n\r\n", b"abc"),
    "a header behind a body": (WHOLE, b"GET / HTTP/1.1\r\n" + HOST + b"X: ", b"\r\n\r\n", b""),
    "an upgrade that is ignored": (
        b"",
        # Written anew for the parser, with a space in each header, it is longer.
        WHOLE[:-7] + b"\r\nConnection:Upgrade\r\nUpgrade:h2c" + b"\r\nY:" * 30 + b"\r\nX:",
        b"\r\n\r\n",
        b"abc",
    ),
    "an extension": (CHUNKED + b"\r\n", b"1;", b"\r\n", b"a\r\n0\r\n\r\n" + WHOLE),
    "a later extension": (CHUNKED + b"\r\n2\r\n\r\n\r\n", b"0001;x=", b"\r\n", b"a\r\n0\r\n\r\n"),
    "the last extension": (CHUNKED + b"\r\n1;a\r\na\r\n", b"0;", b"\r\n", b"\r\n"),
    "trailers": (CHUNKED + b"\r\n1\r\na\r\n0;x=y\r\n", b"X: a\r\nY: ", b"\r\n\r\n", WHOLE),
    "a header behind trailers": (
        CHUNKED + b"\r\n1\r\na\r\n0\r\nX: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: ",
        b"\r\n\r\n",
        b"",
    ),
}
"""What comes before, the beginning and the end of what is limited, and what comes after it."""


@pytest.mark.parametrize("padded", PADDED.values(), ids=PADDED.keys())
@pytest.mark.parametrize("piece_bytes", [1, 997, LARGEST_HEAD_BYTES - 1, LARGEST_HEAD_BYTES, 10**6])
def test_the_limit_is_exact_however_the_bytes_are_split(padded: tuple[bytes, ...], piece_bytes: int) -> None:
    before, start, end, after = padded

    def pieces(size: int) -> list[bytes]:
        data = before + start + b"a" * (size - len(start) - len(end)) + end + after
        return [data[at : at + piece_bytes] for at in range(0, len(data), piece_bytes)]

    whole = read(*pieces(LARGEST_HEAD_BYTES))
    assert len(whole) == (before + start + end + after).count(b" HTTP/1.1")
    assert {one.body for one in whole} <= {b"", b"a", b"abc", b"\r\na"}
    assert status_of(*pieces(LARGEST_HEAD_BYTES + 1)) == "431 Request Header Fields Too Large"


def test_the_number_of_headers_is_limited() -> None:
    head = b"GET / HTTP/1.1\r\n" + HOST
    assert len(read(head + b"X: a\r\n" * (MOST_HEADERS - 1) + b"\r\n")) == 1
    assert status_of(head + b"X: a\r\n" * MOST_HEADERS + b"\r\n").startswith("431 ")


def test_the_number_of_pipelined_requests_is_limited() -> None:
    one = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    reader = RequestReader()
    with pytest.raises(Unreadable):
        reader.feed(one * 1000)
    assert len(reader.ready) == MOST_PIPELINED + 1


@pytest.mark.parametrize("excess", [0, 1])
def test_a_body_that_is_too_large_is_not_kept(excess: int) -> None:
    size = LARGEST_BODY_BYTES + excess
    plain = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % size
    for head, tail in ((plain, b""), (CHUNKED + b"\r\n%x\r\n" % size, b"\r\n0\r\n\r\n")):
        (request,) = read(head, b"a" * size, tail)
        assert (len(request.body), request.is_too_large, request.is_last) == (0 if excess else size, excess, excess)
        assert request.environ({})["CONTENT_LENGTH"] == str(size)
    assert len(read(plain)) == excess, "It is answered before it has come"


def test_a_reader_keeps_no_body_of_a_returned_request() -> None:
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n" + b"a" * 100_000)
    assert len(reader.ready.popleft().body) == 100_000
    assert not reader._body


def test_a_reader_that_is_closed_does_not_wait_for_the_collector() -> None:
    gc.disable()
    try:
        reader = RequestReader()
        reader.feed(SEVERAL)
        reader.close()
        gone = weakref.ref(reader)
        del reader
        assert gone() is None
    finally:
        gc.enable()


def test_a_100_continue_is_expected_until_the_body_arrives() -> None:
    ask = b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n"
    for data, expects in ((ask, True), (ask + b"abc", False), (ask.replace(b"1.1", b"1.0"), False)):
        reader = RequestReader()
        reader.feed(data)
        assert reader.expects_continue is expects


def test_bytes_after_a_websocket_request_are_not_a_request() -> None:
    upgrade = b"GET / HTTP/1.1\r\n" + HOST + b"Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\r\n"
    reader = RequestReader()
    reader.feed(b"GET /before HTTP/1.1\r\n" + HOST + b"\r\n" + upgrade + b"GET / HTTP/1.1\r\n\r\n")
    assert [(one.target, one.is_last) for one in reader.ready] == [(b"/before", False), (b"/", True)]
    assert reader.behind == b"GET / HTTP/1.1\r\n\r\n"


def test_the_cache_of_header_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_parser, "_KEYS", {})
    for number in range(KEPT_NAMES + 1):
        environ_of(b"GET / HTTP/1.1\r\n" + HOST + b"X-%d: a\r\nX%s: a\r\n\r\n" % (number, b"a" * 1000))
    assert len(request_parser._KEYS) == KEPT_NAMES
    assert max(map(len, request_parser._KEYS)) <= LONGEST_KEPT_NAME_BYTES
