"""ResponseWriter by itself: a WSGI application in, bytes out, which the standard library's client reads. No socket."""

import http.client
import io
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from chatapp.http_listener.request_parser import Request
from chatapp.http_listener.response_writer import WRITE_BYTES, ResponseWriter

LARGE = b"x" * WRITE_BYTES
PLAIN = [("Content-Type", "text/plain")]

Start = Callable[..., Any]


class Sent:
    """What an application answers to one request, on the wire. `gone_after`: how many sends the client stays for."""

    def __init__(self, application: Any, method: str = "GET", version: str = "1.1", gone_after: int = 100) -> None:
        self.pieces: list[bytes] = []
        self.request = Request(method, b"/", version, [(b"host", b"chat")])
        self._gone_after = gone_after
        self._is_taken = False
        ResponseWriter(self.request, self._send, lambda: self._is_taken).respond(application, {"take": self._take})
        self.wire = b"".join(self.pieces)

    def _send(self, data: bytes) -> None:
        if len(self.pieces) >= self._gone_after:
            raise BrokenPipeError
        self.pieces.append(data)

    def _take(self) -> None:
        self._is_taken = True

    def read(self) -> tuple[int, bytes]:
        """Status and body, as a client reads them, and that nothing is left which it would take for another answer."""
        stream = io.BytesIO(self.wire)
        stream.close = lambda: None  # type: ignore[method-assign]
        client = http.client.HTTPResponse(Wire(stream), method=self.request.method)  # type: ignore[arg-type]
        client.begin()
        self.headers = client.headers
        body = client.read()
        assert stream.read() == b""
        return client.status, body


class Wire:
    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    def makefile(self, _mode: str) -> io.BytesIO:
        return self.stream


def answering(*pieces: bytes, status: str = "200 OK", headers: list[tuple[str, str]] = PLAIN) -> Any:
    def application(_environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        start(status, list(headers))
        return iter(pieces)

    return application


def failing(error: Exception, *pieces: bytes) -> Any:
    """Fails once it has given the pieces."""

    def application(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        yield from pieces
        raise error

    return application


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("has_length", [False, True])
@pytest.mark.parametrize("pieces", [[], [b"hello"], [b"a", b"", b"b"], [LARGE], [LARGE, b"a", LARGE, LARGE]])
def test_every_kind_of_body_is_framed(method: str, version: str, has_length: bool, pieces: list[bytes]) -> None:
    length = [("content-length", str(sum(map(len, pieces))))] if has_length else []
    sent = Sent(answering(*pieces, headers=PLAIN + length), method, version)
    assert sent.read() == (200, b"" if method == "HEAD" else b"".join(pieces))
    is_open_ended = version == "1.0" and LARGE in pieces and not has_length and method != "HEAD"
    assert sent.request.is_last is is_open_ended
    wanted = "close" if is_open_ended else "keep-alive" if version == "1.0" else None
    assert sent.headers["Connection"] == wanted
    assert sent.headers["Date"].endswith("GMT")


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_that_has_no_body_says_nothing_of_one(status: str) -> None:
    sent = Sent(answering(b"lost", status=status, headers=[]))
    assert sent.read() == (int(status[:3]), b"")
    assert {"content-length", "transfer-encoding"}.isdisjoint(map(str.lower, sent.headers))


def test_a_small_answer_is_one_piece_and_a_large_one_is_not_collected() -> None:
    assert len(Sent(answering(b"a", b"b")).pieces) == 1
    assert len(Sent(answering(LARGE, LARGE)).pieces) == 3


def test_the_last_answer_of_a_connection_says_so() -> None:
    request = Request("GET", b"/", "1.1", [], is_last=True)
    pieces: list[bytes] = []
    ResponseWriter(request, pieces.append, lambda: False).respond(answering(b"bye"), {})
    assert b"Connection: close\r\n" in pieces[0]


def test_what_an_application_writes_comes_before_what_it_returns() -> None:
    def application(_environ: dict[str, Any], start: Start) -> list[bytes]:
        write = start("200 OK", PLAIN)
        write(b"a")
        write(b"")
        write(b"b")
        return [b"c"]

    assert Sent(application).read() == (200, b"abc")


def test_an_application_may_begin_to_answer_late_and_change_its_mind() -> None:
    def application(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        yield b""
        try:
            raise KeyError
        except KeyError as error:
            start("409 Conflict", PLAIN, (KeyError, error, None))
        yield b"sorry"

    assert Sent(application).read() == (409, b"sorry")


def test_it_is_too_late_for_that_when_the_head_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    def application(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", PLAIN)
        yield LARGE
        error = KeyError("too late")
        start("409 Conflict", PLAIN, (KeyError, error, None))

    sent = Sent(application)
    assert b"409" not in sent.wire
    assert sent.request.is_last
    assert "too late" in caplog.text


def never_starts(_environ: dict[str, Any], _start: Start) -> list[bytes]:
    return [b"hello"]


def answers_none(_environ: dict[str, Any], start: Start) -> None:
    start("200 OK", PLAIN)


FAULTS = {
    "an error": failing(RuntimeError("the secret")),
    # The client's going is one of these too: it must not be taken for that.
    "an error of the system": failing(ConnectionRefusedError("the secret")),
    "no start": never_starts,
    "no answer": answers_none,
    "text": answering("the secret"),  # type: ignore[arg-type]
    "text in a large answer": answering("the secret" * WRITE_BYTES),  # type: ignore[arg-type]
    "a line break": answering(headers=[("X", "a\r\nthe secret: b")]),
    "a bare line break": answering(headers=[("X", "a\nthe secret: b")]),
    "a line break in a large answer": answering(LARGE, headers=[("X", "a\rthe secret")]),
    "a line break in the status": answering(status="200 OK\r\nthe secret: b"),
    "a line break behind a length": answering(headers=[("Content-Length", "5"), ("X", "a\nthe secret")]),
    "what latin-1 has not": answering(LARGE, headers=[("X", "the secret ♥")]),
    "a length that is none": answering(headers=[("Content-Length", "the secret")]),
}


@pytest.mark.parametrize("application", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_as_one_without_saying_which(application: Any, caplog: pytest.LogCaptureFixture) -> None:
    sent = Sent(application)
    status, body = sent.read()
    assert status == 500
    assert b"Something went wrong" in body
    assert b"secret" not in sent.wire
    assert sent.request.is_last
    assert "A request could not be answered" in caplog.text


@pytest.mark.parametrize("headers", [PLAIN, [*PLAIN, ("Content-Length", str(2 * WRITE_BYTES))]])
def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(headers: list[tuple[str, str]]) -> None:
    def application(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", headers)
        yield LARGE
        raise RuntimeError

    sent = Sent(application)
    assert sent.request.is_last
    with pytest.raises(http.client.IncompleteRead):
        sent.read()


@pytest.mark.parametrize("pieces", [(b"abcdefg",), (b"ab" * WRITE_BYTES, b"cd" * WRITE_BYTES)])
def test_more_than_the_length_says_is_not_sent(pieces: tuple[bytes, ...], caplog: pytest.LogCaptureFixture) -> None:
    """The client would take it for the answer to its next request."""
    sent = Sent(answering(*pieces, headers=[("Content-Length", "5")]))
    assert sent.read() == (200, pieces[0][:5])
    assert sent.request.is_last
    assert "another length than its Content-Length says" in caplog.text


def test_less_than_the_length_says_ends_the_connection() -> None:
    """The client would wait for the rest."""
    assert Sent(answering(b"abc", headers=[("Content-Length", "5")])).request.is_last


class Closing:
    """An answer that is to be closed, and whose closing may fail."""

    def __init__(self, *pieces: bytes, error: Exception | None = None) -> None:
        self.pieces, self.error = pieces, error
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed += 1
        if self.error is not None:
            raise self.error

    def __call__(self, environ: dict[str, Any], start: Start) -> "Closing":
        if environ["QUERY_STRING"] == "" and self.pieces == (b"take",):
            environ["take"]()
        start("200 OK", PLAIN)
        return self


def test_an_answer_is_closed_whatever_happens() -> None:
    for closing, stays_for in ((Closing(b"a"), 9), (Closing(b"a"), 0), (Closing("a"), 9), (Closing(b"take"), 9)):  # type: ignore[arg-type]
        Sent(closing, gone_after=stays_for)
        assert closing.closed == 1


def test_a_fault_in_closing_ends_the_connection_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    sent = Sent(Closing(b"a", error=RuntimeError("in closing")))
    assert sent.read() == (200, b"a")
    assert sent.request.is_last
    assert "in closing" in caplog.text


def test_a_client_that_is_gone_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for stays_for in (0, 1, 2):
        sent = Sent(answering(LARGE, LARGE, LARGE), gone_after=stays_for)
        assert len(sent.pieces) == stays_for
        assert sent.request.is_last
    assert Sent(failing(RuntimeError()), gone_after=0).request.is_last
    assert [one.message for one in caplog.records] == ["A request could not be answered"]


def test_a_connection_that_was_taken_over_is_sent_nothing() -> None:
    assert Sent(Closing(b"take")).wire == b""
