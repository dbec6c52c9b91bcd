"""Bodies that the application reads as they arrive, over real sockets, on our own listener."""

import hashlib
import json
import os
import time
from typing import Any

import pytest

from tests.http_listener.conftest import Connect
from tests.http_listener.raw_client import Small, get, post
from tests.people import wait_until

SIZE = 5_000_000
"""More than the listener keeps of other bodies."""


def patch(path: str, size: int, *headers: str) -> bytes:
    return get(path, f"Content-Length: {size}", *headers, method="PATCH")


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def said(answer: tuple[int, bytes]) -> dict[str, Any]:
    status, body = answer
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def is_of(found: dict[str, Any], body: bytes) -> bool:
    return bool(found["hash"] == hashlib.sha256(body).hexdigest() and sum(found["sizes"]) == len(body))


def test_a_body_of_any_size_arrives_in_pieces(connect: Connect) -> None:
    body = os.urandom(SIZE)
    found = said(connect(patch("/streamed", SIZE), body).answer())
    assert is_of(found, body)
    assert max(found["sizes"]) <= 100_000


def test_the_connection_goes_on_after_it_with_what_came_behind(connect: Connect) -> None:
    bodies = [os.urandom(size) for size in (10, 300_000, 0)]
    requests = b"".join(patch("/streamed", len(body)) + body for body in bodies)
    client = connect(requests + post("/b", b"body") + get("/c"))
    for body in bodies:
        assert is_of(said(client.answer()), body)
    assert said(client.answer())["body"] == "body"
    assert said(client.answer())["PATH_INFO"] == "/c"


def test_it_may_come_in_chunks(connect: Connect) -> None:
    body = os.urandom(300_000)
    client = connect(get("/streamed", "Transfer-Encoding: chunked", method="PATCH"), chunked(body, 7_000), get("/c"))
    assert is_of(said(client.answer()), body)
    assert said(client.answer())["PATH_INFO"] == "/c"


def test_leave_to_send_it_is_given_when_it_is_read(connect: Connect) -> None:
    client = connect(patch("/streamed", 3, "Expect: 100-continue"))
    assert client.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert client.readline() == b"\r\n"
    assert is_of(said(client.send(b"abc").answer()), b"abc")


def test_a_client_that_is_cut_off_leaves_what_had_arrived(connect: Connect, small: Small) -> None:
    def cut_off() -> int:
        arrived: int = said(connect(get("/arrivals")).answer()).get("cut off", 0)
        return arrived

    before = cut_off()
    client = connect(patch("/streamed", SIZE), os.urandom(123_456))
    time.sleep(0.1)
    client.drop()
    wait_until(lambda: cut_off() == before + 123_456, "the application has what had arrived")


def test_one_that_sends_nothing_for_too_long_is_cut_off(connect: Connect) -> None:
    client = connect(patch("/streamed", SIZE), b"abc")
    assert client.is_over()


def test_one_that_sends_slowly_may_take_longer_than_a_request_otherwise_may(connect: Connect) -> None:
    client = connect(patch("/streamed", 8))
    for letter in b"slowly!!":
        time.sleep(0.1)
        client.send(bytes([letter]))
    assert is_of(said(client.answer()), b"slowly!!")


def test_what_the_application_does_not_read_is_no_further_request(connect: Connect) -> None:
    client = connect(patch("/streamed?1", SIZE), b"x" * 100_000, get("/c"))
    assert len(said(client.answer())["sizes"]) == 1
    assert client.is_over()


@pytest.mark.parametrize("pause_seconds", [0, 0.1])
def test_a_chunk_that_cannot_be_read_ends_the_body(connect: Connect, pause_seconds: float) -> None:
    client = connect(get("/streamed", "Transfer-Encoding: chunked", method="PATCH"))
    time.sleep(pause_seconds)
    client.send(b"3\r\nabc\r\nnonsense\r\n")
    assert said(client.answer())["sizes"] == [3]
    assert client.is_over()


def test_other_methods_and_paths_are_read_as_before(connect: Connect) -> None:
    large = b"x" * 2_000_000
    client = connect(post("/streamed", large))
    assert said(client.answer())["sizes"] == []
