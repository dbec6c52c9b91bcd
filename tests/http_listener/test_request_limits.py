"""The limits of RequestReader: sizes, counts, and what it keeps in memory."""

from collections.abc import Iterator

import pytest

from chatapp.http_listener import request_parser
from chatapp.http_listener.large_bodies import MOST_LARGE_BODIES, LargeBodies
from chatapp.http_listener.request_parser import (
    KEPT_NAMES,
    LARGEST_BODY_BYTES,
    LARGEST_HEAD_BYTES,
    LONGEST_KEPT_NAME_BYTES,
    MOST_HEADERS,
    MOST_PIPELINED,
    RequestReader,
    Unreadable,
)
from tests.http_listener.parsed_requests import CHUNKED, HOST, environ_of, read, status_of


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
        # The reader rewrites it for the parser with a space in each header, which makes it longer.
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
"""The bytes before the limited part, its beginning, its end, and the bytes after it."""


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
    assert len(read(plain)) == excess, "It is refused before it arrives"


def test_a_reader_keeps_no_body_of_a_returned_request() -> None:
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n" + b"a" * 100_000)
    assert len(reader.ready.popleft().body) == 100_000
    assert not reader._body


def test_the_cache_of_header_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_parser, "_KEYS", {})
    for number in range(KEPT_NAMES + 1):
        environ_of(b"GET / HTTP/1.1\r\n" + HOST + b"X-%d: a\r\nX%s: a\r\n\r\n" % (number, b"a" * 1000))
    assert len(request_parser._KEYS) == KEPT_NAMES
    assert max(map(len, request_parser._KEYS)) <= LONGEST_KEPT_NAME_BYTES


LIMIT = 5_000_000
LARGE = b"PUT /picture HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n"


def allowing() -> LargeBodies:
    return LargeBodies({("PUT", "/picture"): LIMIT})


def test_a_large_body_is_kept_where_it_is_allowed() -> None:
    reader = RequestReader(allowing())
    for piece in (LARGE % LIMIT, b"a" * (LIMIT - 1), b"a" + WHOLE):
        reader.feed(piece)
    large, small = reader.ready
    assert (len(large.body), large.is_too_large, large.is_last, small.body) == (LIMIT, False, False, b"abc")


@pytest.mark.parametrize(
    "head",
    [
        LARGE % (LIMIT + 1),
        (LARGE % LIMIT).replace(b"PUT", b"POST"),
        (LARGE % LIMIT).replace(b"/picture", b"/other"),
        (LARGE % LIMIT).replace(b"/picture", b"/picture/"),
    ],
    ids=["larger", "another method", "another path", "a longer path"],
)
def test_a_large_body_is_not_kept_elsewhere(head: bytes) -> None:
    reader = RequestReader(allowing())
    reader.feed(head)
    assert reader.ready[0].is_too_large


def test_a_large_body_in_chunks_is_not_kept() -> None:
    reader = RequestReader(allowing())
    reader.feed(b"PUT /picture HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")
    reader.feed(b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT, b"a" * LIMIT))
    assert reader.ready[0].is_too_large


def test_only_so_many_large_bodies_are_in_memory_at_once() -> None:
    shared = allowing()
    readers = [RequestReader(shared) for _ in range(MOST_LARGE_BODIES)]
    for reader in readers:
        reader.feed(LARGE % LIMIT)
    late = RequestReader(shared)
    with pytest.raises(Unreadable) as refused:
        late.feed(LARGE % LIMIT)
    assert (refused.value.status[:3], refused.value.error.code) == ("503", "unavailable")
    late.close()
    readers[0].answered()
    readers[1].close()
    for _ in range(2):
        RequestReader(shared).feed(LARGE % LIMIT)
    with pytest.raises(Unreadable):
        RequestReader(shared).feed(LARGE % LIMIT)
