"""One connection in one iteration of the event loop, at moments that no client can choose from outside."""

import socket
from collections.abc import Iterator

import eventlet
import pytest

from chatapp.eventloop.event_loop import MAX_EXTRA_POLLS, READ, WRITE, current_loop
from chatapp.realtime.engine.message_pump import MessagePump
from chatapp.realtime.engine.websocket_frames import TEXT, build
from chatapp.realtime.engine.websocket_transport import HIGH_WATER_BYTES, LARGEST_BUFFER_BYTES, SLOW_READER, Transport


class Pair:
    """A transport and the other end of its socket. The event loop does not run: the test makes its calls."""

    def __init__(self, pump: MessagePump) -> None:
        own, self.peer = socket.socketpair()
        own.setblocking(False)
        self.reasons: list[str] = []
        self.heard: list[bytes] = []
        self.transport = Transport(
            own,
            pump,
            1_000_000,
            lambda payload, _is_binary: self.heard.append(payload),
            lambda _transport, reason: self.reasons.append(reason),
        )


@pytest.fixture
def pump() -> MessagePump:
    return MessagePump()


@pytest.fixture
def pairs(pump: MessagePump) -> Iterator[list[Pair]]:
    made = [Pair(pump), Pair(pump)]
    yield made
    for pair in made:
        pair.transport.abort("the test is over")
        pair.peer.close()


def look(pump: MessagePump) -> None:
    """Polls, as an iteration of the event loop does."""
    pump.loop._poll_again()


def work_off(pump: MessagePump) -> None:
    """Runs what was handed to the pump."""
    inbox, pump._inbox = pump._inbox, []
    for function, args in inbox:
        function(*args)


def test_a_burst_that_the_system_takes_part_of_is_no_slow_reader(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0].transport
    one.send(b"x" * (LARGEST_BUFFER_BYTES - 1000))
    one.send(b"y" * 2000)
    work_off(pump)
    assert pairs[0].reasons == []
    assert pairs[0].peer.recv(1) == b"x"


def test_more_than_the_buffer_on_top_of_what_the_system_takes_is_a_slow_reader(
    pump: MessagePump, pairs: list[Pair]
) -> None:
    for _ in range(LARGEST_BUFFER_BYTES // 100_000 * 2):
        pairs[0].transport.send(b"x" * 100_000)
    # Whoever sends is in the middle of sending to many: it is told later, and once.
    assert pairs[0].reasons == []
    pairs[0].transport.abort("again")
    work_off(pump)
    assert pairs[0].reasons == [SLOW_READER]


def test_the_size_of_the_buffer_can_be_set(pump: MessagePump, pairs: list[Pair]) -> None:
    for pair, most_bytes in zip(pairs, (LARGEST_BUFFER_BYTES // 2, LARGEST_BUFFER_BYTES * 2), strict=True):
        pair.transport.most_unsent_bytes = most_bytes
        for _ in range(LARGEST_BUFFER_BYTES // 100_000):
            pair.transport.send(b"x" * 100_000)
    work_off(pump)
    assert [pair.reasons for pair in pairs] == [[SLOW_READER], []]


def test_one_connection_that_cannot_be_written_to_does_not_keep_the_others_from_it(
    pump: MessagePump, pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = pairs
    bad.transport.send(b"lost")
    good.transport.send(b"arrives")
    original = Transport.flush

    def flush(transport: Transport) -> None:
        if transport is bad.transport:
            raise RuntimeError("Second simultaneous write")
        original(transport)

    monkeypatch.setattr(Transport, "flush", flush)
    pump._flush()
    work_off(pump)
    assert good.peer.recv(100) == b"arrives"
    assert bad.reasons == ["transport error"]


def test_a_callback_that_was_due_when_the_connection_ended_does_nothing(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0].transport
    one.send(b"x" * 900_000)
    pump._flush()
    assert one._watched_for & WRITE
    one.abort("the end")
    one.writable()
    one.readable()
    work_off(pump)
    assert pairs[0].reasons == ["the end"]


def test_a_connection_that_is_watched_no_more_is_let_go_all_the_same(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0]
    pump.loop._epoll.unregister(one.transport._fd)
    one.transport.abort("the end")
    work_off(pump)
    assert one.reasons == ["the end"]
    assert one.peer.recv(1) == b""


def test_who_goes_while_nothing_is_read_of_them_is_noticed_when_something_is_sent(
    pump: MessagePump, pairs: list[Pair]
) -> None:
    one = pairs[0]
    one.transport.send(b"x" * (HIGH_WATER_BYTES * 4))
    one.transport.flush()
    one.peer.close()
    # Not read from, so that the system says no more than that there is an error.
    for _ in range(3):
        look(pump)
        work_off(pump)
    assert one.reasons == ["transport error: Broken pipe"]


def test_a_fault_in_one_connection_s_reading_ends_that_one_alone(
    pump: MessagePump, pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = pairs
    for one in pairs:
        one.peer.sendall(b"\x82\x82\x00\x00\x00\x00hi")
    original = Transport._feed

    def feed(transport: Transport, data: bytes) -> None:
        if transport is bad.transport:
            raise RuntimeError("A fault of ours")
        original(transport, data)

    monkeypatch.setattr(Transport, "_feed", feed)
    look(pump)
    work_off(pump)
    work_off(pump)
    assert (bad.reasons, good.reasons, good.heard) == (["transport error"], [], [b"hi"])


def test_nothing_is_read_while_the_pump_waits_and_everything_after(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0]
    one.peer.sendall(b"\x82\x82\x00\x00\x00\x00hi")
    pump.is_blocked = True
    one.transport.readable()
    assert one.transport.is_paused
    pump.is_blocked = False
    work_off(pump)
    assert not one.transport.is_paused
    one.transport.readable()
    work_off(pump)
    assert one.heard == [b"hi"]


def test_a_client_that_has_much_to_take_in_is_not_read_from_until_it_has(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0]
    one.transport.send(b"x" * (HIGH_WATER_BYTES * 4))
    one.transport.flush()
    assert not one.transport._watched_for & READ
    # It is on the client, not on us.
    assert not one.transport.is_paused
    one.transport.pause()
    take_in(one)
    assert not one.transport._watched_for & READ, "The session's wish holds on its own"
    one.transport.resume()
    assert one.transport._watched_for & READ
    one.transport.send(b"x" * (HIGH_WATER_BYTES * 4))
    one.transport.flush()
    one.transport.pause()
    one.transport.resume()
    assert not one.transport._watched_for & READ, "It is still full"
    take_in(one)
    assert one.transport._watched_for & READ


def test_a_little_that_waits_becomes_much_and_the_client_is_not_read_from(pump: MessagePump, pairs: list[Pair]) -> None:
    """What is asked for while there is no room counts too, and not only what there was no room for at first."""
    one = pairs[0]
    while not one.transport._watched_for & WRITE:
        one.transport.send(b"x" * 10_000)
        one.transport.flush()
    assert one.transport._watched_for & READ
    for _ in range(HIGH_WATER_BYTES // 10_000 + 1):
        one.transport.send(b"x" * 10_000)
    assert not one.transport._watched_for & READ
    assert not one.transport.is_paused
    take_in(one)
    assert one.transport._watched_for & READ
    assert one.reasons == []


def take_in(pair: Pair) -> None:
    """The client reads, until nothing waits any more."""
    while pair.transport._watched_for & WRITE:
        pair.peer.recv(HIGH_WATER_BYTES)
        pair.transport.writable()


def test_nothing_is_sent_after_a_close_frame(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0]
    one.transport.send(b"before")
    one.transport.close(1001)
    one.transport.send(b"after")
    pump._flush()
    assert one.peer.recv(100) == b"before\x88\x02\x03\xe9"
    assert one.peer.recv(100) == b""


def test_what_was_read_is_handled_and_the_answer_sent_before_the_loop_polls_again(
    pump: MessagePump, pairs: list[Pair]
) -> None:
    one = pairs[0]
    one.transport._receive = lambda payload, _is_binary: one.transport.send(build(TEXT, payload))
    one.peer.setblocking(False)
    found: list[bytes] = []
    begun: list[int] = []
    hub = pump.loop._hub

    def iterate() -> None:
        """Runs in the event loop's greenlet, as its own poll does."""
        one.peer.send(masked(b"hello"))
        timers = len(hub.next_timers)
        hub.do_poll(0)
        found.append(one.peer.recv(100))
        begun.append(len(hub.next_timers) - timers)

    eventlet.sleep(0)  # the pump starts, and waits
    pump.loop.call_later(0, iterate)
    eventlet.sleep(0.01)
    assert found == [build(TEXT, b"hello")]
    assert begun == [0], "An iteration that is running needs no timer to go on"


def test_what_has_arrived_is_handled_and_sent_before_what_comes_late(pump: MessagePump, pairs: list[Pair]) -> None:
    one = pairs[0]
    order: list[str] = []

    def receive(payload: bytes, _is_binary: bool) -> None:
        order.append(payload.decode())
        one.transport.send(build(TEXT, payload))

    one.transport._receive = receive
    eventlet.sleep(0)
    current_loop().call_last(lambda: order.append(f"late, {len(one.peer.recv(100))} bytes later"))
    one.peer.send(masked(b"hello"))
    eventlet.sleep(0.01)
    assert order == ["hello", "late, 7 bytes later"]


def test_a_client_that_never_stops_sending_does_not_keep_what_is_late_from_being_done(
    pump: MessagePump, pairs: list[Pair]
) -> None:
    one = pairs[0]
    heard: list[bytes] = []

    def receive(payload: bytes, _is_binary: bool) -> None:
        heard.append(payload)
        one.peer.send(masked(b"and on"))

    one.transport._receive = receive
    eventlet.sleep(0)
    found: list[int] = []
    current_loop().call_last(lambda: found.append(len(heard)))
    one.peer.send(masked(b"hello"))
    eventlet.sleep(0.01)
    # The extra polls, and the first one if it found the connection itself.
    assert found in ([MAX_EXTRA_POLLS], [1 + MAX_EXTRA_POLLS])


def masked(payload: bytes) -> bytes:
    """A client's frame, whose mask is zero."""
    return bytes((0x80 | TEXT, 0x80 | len(payload), 0, 0, 0, 0)) + payload
