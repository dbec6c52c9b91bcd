"""RequestReader alone: bytes in, requests out, without an event loop or a socket."""

import gc
import weakref
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.http_listener.request_parser import (
    RequestReader,
)
from tests.http_listener.parsed_requests import CHUNKED, HOST, environ_of, read, status_of

SEVERAL = (
    b"GET /first?a=1&b HTTP/1.1\r\nHost: chat\r\nAccept: text/plain\r\n\r\n"
    b"\r\nPOST /second HTTP/1.1\r\nhost: chat\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world"
    b"POST /third HTTP/1.1\r\nHost: chat\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n"
    b"POST /fourth HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc"
    b"GET /fifth HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    b"GET /sixth HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n\r\n"
)


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
    """Requests that some servers and proxies read differently from others."""
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
    """A proxy of HTTP/1.0 ignores the header, so the end of the body is ambiguous."""
    data = CHUNKED.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n0\r\n\r\n"
    assert status_of(data) == "501 Not Implemented"


@pytest.mark.parametrize("version", [b"0.9", b"2.0"])
def test_another_version_is_refused(version: bytes) -> None:
    assert status_of(b"GET / HTTP/" + version + b"\r\n" + HOST + b"\r\n") == "505 HTTP Version Not Supported"


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
