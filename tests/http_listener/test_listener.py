"""Our own listener over real sockets: its limits, its deadlines, and how it gives a connection away.

The application has a few lines, and the process short deadlines.
"""

import json
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead

import pytest

from chatapp.http_listener.request_parser import LARGEST_BODY_BYTES, LARGEST_HEAD_BYTES, MOST_PIPELINED
from tests.http_listener.conftest import Connect
from tests.http_listener.raw_client import END, PATIENCE_SECONDS, Small, get, post
from tests.people import wait_until


def test_the_environ_is_one_that_the_standard_library_finds_valid(connect: Connect) -> None:
    assert connect(post("/valid?a=b", b"abcd", "Content-Type: text/plain")).answer() == (200, b"abc")


def test_the_body_of_an_answer_to_head_is_not_sent(connect: Connect) -> None:
    client = connect(get("/a") + get("/b", method="HEAD") + get("/c"))
    assert json.loads(client.answer()[1])["PATH_INFO"] == "/a"
    assert client.answer("HEAD") == (200, b"")
    assert json.loads(client.answer()[1])["PATH_INFO"] == "/c"


def test_what_is_no_request_is_refused_after_those_before_it_were_answered(connect: Connect) -> None:
    client = connect(get("/a") + b"nonsense" + END + get("/b"))
    assert client.answer()[0] == 200
    status, body = client.answer()
    assert status == 400
    assert json.loads(body)["error"]["code"] == "malformed"
    assert client.is_over()


def test_only_so_many_requests_wait_for_anothers_answer(connect: Connect) -> None:
    client = connect(get("/") * (MOST_PIPELINED + 50))
    assert {client.answer()[0] for _ in range(MOST_PIPELINED + 1)} == {200}
    assert client.answer()[0] == 400


def test_no_leave_is_given_for_a_body_that_will_not_be_read(connect: Connect) -> None:
    ask = get("/", "Expect: 100-continue", f"Content-Length: {LARGEST_BODY_BYTES + 1}", method="POST")
    client = connect(ask)
    assert json.loads(client.answer()[1])["body"] == ""
    assert client.is_over()


def test_one_that_sends_much_gets_its_answer_all_the_same(connect: Connect) -> None:
    chunk = b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536)
    client = connect(get("/", "Transfer-Encoding: chunked", method="POST"), *[chunk] * 200)
    assert int(json.loads(client.answer()[1])["CONTENT_LENGTH"]) > LARGEST_BODY_BYTES


def test_whoever_takes_a_connection_over_gets_what_came_behind_the_request(connect: Connect) -> None:
    upgrade = get("/take", "Connection: Upgrade", "Upgrade: websocket")
    client = connect(get("/") + upgrade + get("/behind"))
    assert client.answer()[0] == 200
    wanted = b"taken " + get("/behind")
    assert client.read(len(wanted)) == wanted


def test_a_server_that_runs_out_of_file_descriptors_accepts_again_when_there_are_some(
    small: Small, connect: Connect
) -> None:
    wait_until(lambda: small.counts()["connections"] == 1, "earlier tests' connections are gone")
    limits = resource.prlimit(small.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(small.process.pid, resource.RLIMIT_NOFILE, (small.counts()["descriptors"], limits[1]))
    try:
        waiting = [connect(get("/")) for _ in range(5)]
        wait_until(lambda: "could not be accepted" in small.log, "there are none left")
        time.sleep(0.5)
    finally:
        resource.prlimit(small.process.pid, resource.RLIMIT_NOFILE, limits)
    assert {client.answer()[0] for client in waiting} == {200}
    assert small.log.count("could not be accepted") < 20, "It waits between two attempts"


def test_nothing_is_left_of_a_connection_that_ended_or_was_taken_over(small: Small, connect: Connect) -> None:
    wait_until(lambda: small.counts()["connections"] == 1, "earlier tests' connections are gone")
    before = small.counts()
    whole = post("/", b"x" * 100_000)
    for data in (b"", whole[:10], whole[:50_000], whole, get("/large"), get("/wait"), b"nonsense" + END, get("/fail")):
        for _ in range(5):
            connect(data, receive_buffer=4096).drop()
    for _ in range(5):
        taking = connect(get("/take", "Connection: Upgrade", "Upgrade: websocket"))
        assert taking.read(6) == b"taken "
    wait_until(lambda: small.counts() == before, "everything is as it was")


@pytest.mark.parametrize("body", [b"", b"x" * 65_000])
def test_one_that_sends_without_a_pause_does_not_keep_others_from_their_turn(connect: Connect, body: bytes) -> None:
    client = connect()
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(client.send, post("/iterations", body) * 50)
        found = [client.answer()[1] for _ in range(50)]
        sending.result()
    # The event loop may come to a connection twice in an iteration that is counted once.
    assert len(set(found)) >= 25


def test_patience_ends(connect: Connect) -> None:
    """All at once, in threads; the connection that is idle is to outlast the requests that come slowly."""
    ended: list[str] = []

    def trickle(name: str, start: bytes, piece: bytes) -> None:
        client = connect(start)
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            while time.monotonic() < deadline:
                client.send(piece)
                time.sleep(0.02)
        except OSError:
            ended.append(name)

    def idle(*data: bytes) -> None:
        client = connect(*data)
        assert all(client.answer()[0] == 200 for _ in data)
        assert client.is_over()
        ended.append("idle")

    def reads_nothing() -> None:
        client = connect(get("/large"), receive_buffer=4096)
        time.sleep(1.2)
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            client.answer()

    body = post("/", b"").replace(b"Length: 0", b"Length: 999")
    ways: list[Callable[[], None]] = [
        idle,
        lambda: idle(get("/")),
        lambda: trickle("head", b"GET / HTTP/1.1\r\n", b"X"),
        lambda: trickle("second head", get("/") + b"GET ", b"/"),
        lambda: trickle("body", body, b"x"),
        lambda: trickle("refused", b"nonsense" + END, b"x"),
        lambda: trickle("last", get("/", "Connection: close"), b"x"),
        reads_nothing,
    ]
    with ThreadPoolExecutor(len(ways)) as threads:
        for one in [threads.submit(way) for way in ways]:
            one.result()
    assert {"head", "second head", "body"} <= set(ended[: ended.index("idle")])
    assert {"refused", "last"} <= set(ended)


def test_a_head_over_the_limit_gets_a_431(connect: Connect) -> None:
    spare = LARGEST_HEAD_BYTES - len(get("/", "X: "))
    client = connect(get("/", "X: " + "a" * spare), get("/", "X: " + "a" * (spare + 1)))
    assert client.answer()[0] == 200
    status, body = client.answer()
    assert (status, json.loads(body)["error"]["code"]) == (431, "malformed")
    assert client.is_over()
