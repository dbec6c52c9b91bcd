"""The listener over real sockets: an application of a few lines, in a process that loses its patience soon."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead

import pytest

from chatapp.http_listener.request_parser import LARGEST_BODY_BYTES, MOST_PIPELINED
from tests.http_listener.raw_client import END, PATIENCE_SECONDS, Client, Small, get, post
from tests.people import wait_until
from tests.servers import Server


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    started = Small(tmp_path_factory.mktemp("small"))
    yield started
    assert started.counts()["connections"] > 0, "It still answers"
    started.process.send_signal(signal.SIGKILL)
    started.process.wait()
    faults = started.log.count("Traceback") - 1  # each time, an OSError of the application: one more with its cause
    assert faults <= started.log.count("A request could not be answered"), started.log


Connect = Callable[..., Client]


@pytest.fixture
def connect(small: Small) -> Iterator[Connect]:
    made: list[Client] = []

    def one(*data: bytes, port: int = small.port, **options: int) -> Client:
        made.append(Client(port, *data, **options))
        return made[-1]

    yield one
    for client in made:
        client.drop()


def test_the_environ_is_one_that_the_standard_library_finds_valid(connect: Connect) -> None:
    assert connect(post("/valid?a=b", b"abcd", "Content-Type: text/plain")).answer() == (200, b"abc")


def test_requests_in_one_piece_are_answered_in_their_order(connect: Connect) -> None:
    client = connect(get("/a") + post("/b", b"body") + get("/c", method="HEAD") + get("/d"))
    first, second = json.loads(client.answer()[1]), json.loads(client.answer()[1])
    assert (first["PATH_INFO"], first["REMOTE_ADDR"]) == ("/a", "127.0.0.1")
    assert (second["PATH_INFO"], second["body"], second["CONTENT_LENGTH"]) == ("/b", "body", "4")
    assert client.answer("HEAD") == (200, b"")
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


def test_leave_to_send_a_body_is_given(connect: Connect) -> None:
    ask = post("/", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 3")
    for before in (b"", get("/first")):
        client = connect(before + ask)
        if before:
            assert client.answer()[0] == 200
        assert client.readline() + client.readline() == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert json.loads(client.send(b"abc").answer()[1])["body"] == "abc"


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


@pytest.mark.parametrize("body", [b"", b"x" * 65_000])
def test_one_that_sends_without_a_pause_does_not_keep_others_from_their_turn(connect: Connect, body: bytes) -> None:
    client = connect()
    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(client.send, post("/turns", body) * 50)
        found = [client.answer()[1] for _ in range(50)]
        sending.result()
    # The hub may come to a connection twice before it counts a turn.
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
        time.sleep(0.7)
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


def test_the_application_may_take_its_time_even_when_the_client_was_slow(connect: Connect) -> None:
    client = connect(get("/pause"), receive_buffer=4096)
    time.sleep(0.2)
    assert len(client.answer()[1]) == 2 * 10_000_000


def test_many_that_say_nothing_do_not_keep_others_from_being_answered(connect: Connect) -> None:
    for _ in range(300):
        connect()
    assert connect(get("/")).answer()[0] == 200


def test_the_chat_refuses_what_is_too_large(server: Server, connect: Connect) -> None:
    for base in (server.http, server.ws):
        port = int(base.rpartition(":")[2])
        for size in (1_000_001, LARGEST_BODY_BYTES + 1):
            ask = get("/login", f"Content-Length: {size}", "Content-Type: application/json", method="POST")
            status, body = connect(ask, b"x" * size, port=port).answer()
            assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_the_chat_reads_a_body_in_chunks(server: Server, connect: Connect) -> None:
    port = int(server.http.rpartition(":")[2])
    ask = get("/login", "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST")
    body = b'a\r\n{"username\r\n12\r\n":"nobody at all"}\r\n0\r\n\r\n'
    status, answer = connect(ask, body, port=port).answer()
    assert (status, json.loads(answer)["error"]["code"]) == (401, "wrong_credentials")
    chunk = b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536)
    status, answer = connect(ask, *[chunk] * 17, port=port).answer()
    assert (status, json.loads(answer)["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/a%00b", "/static/a%00b", "/%2e%2e/%2e%2e/etc/passwd", "//evil/%ff", "/groups/%00"])
def test_an_odd_path_is_no_fault_of_the_chat(server: Server, connect: Connect, path: str) -> None:
    for base in (server.http, server.ws):
        status, _ = connect(get(path), port=int(base.rpartition(":")[2])).answer()
        assert 300 < status < 500


def test_java_s_first_request_reaches_the_chat_with_its_body(server: Server, connect: Connect) -> None:
    """Its client asks for HTTP/2 along with it."""
    body = json.dumps({"username": "nobody at all"}).encode()
    headers = ("Content-Type: application/json", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
    client = connect(post("/login", body, *headers), port=int(server.http.rpartition(":")[2]))
    status, answer = client.answer()
    assert status in (401, 404), answer
