"""What holds for any HTTP server, over real sockets: on our own listener, and on eventlet's WSGI server."""

import json
import time
from http.client import IncompleteRead

import pytest

from tests.http_listener.conftest import LISTENERS, Connect
from tests.http_listener.raw_client import END, PATIENCE_SECONDS, get, post

pytestmark = pytest.mark.parametrize("small", LISTENERS, indirect=True)


def test_requests_in_one_piece_are_answered_in_their_order(connect: Connect) -> None:
    client = connect(get("/a") + post("/b", b"body") + get("/d"))
    first, second = json.loads(client.answer()[1]), json.loads(client.answer()[1])
    assert (first["PATH_INFO"], first["REMOTE_ADDR"]) == ("/a", "127.0.0.1")
    assert (second["PATH_INFO"], second["body"], second["CONTENT_LENGTH"]) == ("/b", "body", "4")
    assert json.loads(client.answer()[1])["PATH_INFO"] == "/d"


def test_a_request_behind_a_long_one_is_answered_after_it(connect: Connect) -> None:
    client = connect(get("/wait"), get("/b"))
    assert client.answer() == (200, b"waited")
    assert client.answer()[0] == 200


@pytest.mark.parametrize(
    ("request_of", "stays"),
    [
        (get("/", version="1.0"), False),
        (get("/", "Connection: keep-alive", version="1.0"), True),
        (get("/"), True),
        (get("/", "Connection: close"), False),
        (get("/", "Connection: Upgrade", "Upgrade: h2c"), True),
        (post("/", b"abc", "Connection: Upgrade", "Upgrade: h2c"), True),
    ],
)
def test_a_connection_stays_if_the_client_wants_it_to(connect: Connect, request_of: bytes, stays: bool) -> None:
    client = connect(request_of)
    assert client.answer()[0] == 200
    if stays:
        assert client.send(get("/")).answer()[0] == 200
    else:
        assert client.is_over()


@pytest.mark.parametrize("last", [get("/a", "Connection: close"), get("/a", version="1.0")])
def test_what_comes_behind_the_last_request_does_not_cost_its_answer(connect: Connect, last: bytes) -> None:
    client = connect(get("/") + last + get("/b"))
    assert client.answer()[0] == client.answer()[0] == 200
    assert client.is_over()


def test_leave_to_send_a_body_is_given(connect: Connect) -> None:
    ask = post("/", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 3")
    for before in (b"", get("/first")):
        client = connect(before + ask)
        if before:
            assert client.answer()[0] == 200
        assert client.readline() + client.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert json.loads(client.send(b"abc").answer()[1])["body"] == "abc"


def test_a_fault_says_nothing_of_itself_and_ends_one_connection_only(connect: Connect) -> None:
    for path in ("/fail", "/fail_later"):
        client = connect(get(path) + get("/b"))
        if path == "/fail":
            status, body = client.answer()
            assert (status, b"secret" in body) == (500, False)
        else:
            with pytest.raises(IncompleteRead):
                client.answer()
        assert client.is_over()


def test_the_application_may_take_its_time_even_when_the_client_was_slow(connect: Connect) -> None:
    client = connect(get("/pause"), receive_buffer=4096)
    time.sleep(0.2)
    assert len(client.answer()[1]) == 2 * 10_000_000


def test_many_that_say_nothing_do_not_keep_others_from_being_answered(connect: Connect) -> None:
    for _ in range(300):
        connect()
    assert connect(get("/")).answer()[0] == 200


def test_what_is_no_request_ends_the_connection_after_those_before_it_were_answered(connect: Connect) -> None:
    client = connect(get("/a") + b"nonsense" + END + get("/b"))
    assert client.answer()[0] == 200
    refusal = client.read()
    assert b"400" in refusal
    assert b'"/b"' not in refusal


def test_a_connection_may_be_idle_for_longer_than_a_request_may_take(connect: Connect) -> None:
    client = connect(get("/a"))
    assert client.answer()[0] == 200
    time.sleep(1.0)
    assert client.send(get("/b")).answer()[0] == 200


@pytest.mark.parametrize("start", [b"", get("/a"), post("/a", b"abc")[:-1], get("/a") + b"GET /b HTTP/1.1\r\n"])
def test_a_client_that_says_no_more_is_let_go(connect: Connect, start: bytes) -> None:
    started_at = time.monotonic()
    connect(start).read()
    assert time.monotonic() - started_at < PATIENCE_SECONDS
