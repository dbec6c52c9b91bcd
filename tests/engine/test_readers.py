"""Clients that read slowly or not at all, vanish, or flood: they take bounded memory and do not affect others."""

import json
import threading
import time
from pathlib import Path

import pytest

from tests.engine.background_reader import Reading, talk
from tests.engine.conftest import Raws
from tests.engine.frame_builder import CLOSE, PING, Sent, close_payload
from tests.engine.raw_websocket import is_online
from tests.people import PATIENCE_SECONDS, Cast, Person, wait_until
from tests.servers import Server

MEGABYTE = 1_000_000
SLACK_BYTES = 40 * MEGABYTE
"""What a process may grow by that has just handled some tens of megabytes; without a bound it is all of them, several
times over, in each reader's buffer."""

FLOOD_SECONDS = 60
"""Patience for a flood to be worked off, on a machine that is busy with other tests."""
ENOUGH_CALLS = 5
"""Of others' while a flood is worked off: it takes seconds, and a call of a starved user's all of them."""


def resident_bytes(server: Server) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def calls_until(person: Person, receiver: Person, done: threading.Event) -> int:
    """How many messages of somebody else's were acked, one after the other, before the others were done.

    A client that is starved gets one ack, when the others are done. This counts acks and not seconds, so that it says
    the same on a busy machine.
    """
    calls, deadline = 0, time.monotonic() + FLOOD_SECONDS
    while not done.is_set():
        assert time.monotonic() < deadline, "The others did not get done"
        assert person.say(receiver.username, "how is it")["success"] is True
        calls += 1
    return calls


@pytest.mark.slow
def test_clients_that_stop_reading_take_bounded_memory_and_do_not_delay_others(
    server: Server, cast: Cast, raws: Raws
) -> None:
    alice, bob, carol, *stuck = cast(3 + 6)
    bob.connect()
    carol.connect()
    group = alice.make_group("Everybody", *(one.username for one in stuck))
    # Several connections: until those who do not read are gone, each ack waits for them, and so does its connection.
    own = [Reading(raws().joined(alice.token)) for _ in range(5)]
    for one in stuck:
        raws(receive_buffer=4096).joined(one.token)
    before, done, number = resident_bytes(server), threading.Event(), 50

    payload = {"sender": alice.username, "receiver": group, "content": "x" * 60_000}
    talks = [threading.Thread(daemon=True, target=talk, args=(one, payload, number)) for one in own]
    for one in talks:
        one.start()
    watching = threading.Thread(target=lambda: ([wait_until_all(one, number) for one in own], done.set()))
    watching.start()
    calls = calls_until(bob, carol, done)
    for one in talks:
        one.join(30)
    grown = resident_bytes(server) - before
    # 15 MB for each of six clients.
    assert grown < SLACK_BYTES, grown
    assert calls >= ENOUGH_CALLS
    wait_until(lambda: not any(is_online(bob, one) for one in stuck), "those who do not read are gone")
    assert "the client reads too slowly" in server.log
    # After reconnecting, the client reads all messages from the history.
    late = stuck[0].connect()
    page = late.history(group, group=True, limit=500)
    assert [one["sequence"] for one in page] == own[0].sequences == list(range(1, 5 * number + 1))
    late.disconnect()


def wait_until_all(reading: Reading, number: int) -> None:
    deadline = time.monotonic() + FLOOD_SECONDS
    while len(reading.acks) < number:
        assert time.monotonic() < deadline, f"Only {len(reading.acks)} of {number} acks came"
        threading.Event().wait(0.05)


def test_a_client_that_pings_without_reading_is_paused_and_then_closed(hasty_server: Server, raws: Raws) -> None:
    """Its pongs fill the buffers. The server then stops reading, so the heartbeat of the client times out."""
    raw = raws(on=hasty_server, receive_buffer=4096)
    raw.open()
    before = resident_bytes(hasty_server)
    pings = Sent(PING, b"x" * 125).to_bytes() * 1000
    raw.socket.settimeout(2)
    with pytest.raises(OSError, match=r"timed out|reset|Broken pipe"):  # noqa: PT012
        for _ in range(100 * MEGABYTE // len(pings)):
            raw.send(pings)
    assert resident_bytes(hasty_server) - before < SLACK_BYTES
    raw.socket.settimeout(PATIENCE_SECONDS)
    while raw.frame() is not None:
        pass


def test_a_client_that_requests_faster_than_it_reads_is_slowed_down_and_gets_everything(
    server: Server, raws: Raws
) -> None:
    raw = raws(receive_buffer=4096)
    raw.open()
    # More than the system and the server's buffer hold together.
    pings, times = Sent(PING, bytes(125)).to_bytes() * 1000, 60
    asking = threading.Thread(target=lambda: [raw.send(pings) for _ in range(times)])
    asking.start()
    for _ in range(1000 * times):
        frame = raw.frame()
        assert frame is not None
        assert bytes(frame.data) == bytes(125)
    asking.join()


def test_a_client_that_vanishes_goes_offline_within_the_heartbeat_time(
    hasty_server: Server, cast: Cast, raws: Raws
) -> None:
    """Its socket stays open and answers nothing."""
    alice, bob = cast(2, on=hasty_server)
    bob.connect()
    raw = raws(on=hasty_server).joined(alice.token)
    assert is_online(bob, alice)
    started = time.monotonic()
    bob.wait_for("onlineStatus", lambda one: one == {"username": alice.username, "online": False})
    # An interval of one second, a timeout of one second, and two seconds of tolerance.
    assert time.monotonic() - started < 4
    frames = []
    raw.socket.settimeout(PATIENCE_SECONDS)
    while (frame := raw.frame()) is not None:
        frames.append((int(frame.opcode), bytes(frame.data)))
    assert frames[-1] == (CLOSE, close_payload(1001))
    assert time.monotonic() - started < 4 + 5 + 2


def test_a_client_that_answers_heartbeats_stays_connected(hasty_server: Server, cast: Cast) -> None:
    (alice,) = cast(1, on=hasty_server)
    alice.connect()
    threading.Event().wait(4)
    assert alice.call("nothing like this", {})["success"] is False
    assert is_online(alice, alice)


def flood(server: Server, cast: Cast, raws: Raws, event: str, payload: object, number: int) -> tuple[int, int]:
    """Thousands of events that wait for no ack; returns how much the server grew, and how many calls of somebody else's
    were answered meanwhile."""
    mallory, alice, bob = cast(3)
    alice.connect()
    Reading(raws().joined(bob.token))
    raw = raws().joined(mallory.token)
    raw.socket.settimeout(FLOOD_SECONDS)
    text = json.dumps([event, payload]).replace("MALLORY", mallory.username).replace("BOB", bob.username)
    before, done = resident_bytes(server), threading.Event()
    reading = Reading(raw)

    def send() -> None:
        for at in range(number):
            raw.send_text(f"42/chat,{at}{text}")

    threading.Thread(target=send, daemon=True).start()
    threading.Thread(target=lambda: (wait_until_all(reading, number), done.set()), daemon=True).start()
    calls = calls_until(alice, bob, done)
    assert reading.acks == set(range(number))
    return resident_bytes(server) - before, calls


def test_a_flood_of_messages_takes_bounded_memory_and_starves_no_one(server: Server, cast: Cast, raws: Raws) -> None:
    message = {"sender": "MALLORY", "receiver": "BOB", "content": "x" * 2000}
    grown, calls = flood(server, cast, raws, "privateMessage", message, 3000)
    assert grown < SLACK_BYTES
    assert calls >= ENOUGH_CALLS


@pytest.mark.slow
def test_a_flood_of_groups_takes_bounded_memory_and_starves_no_one(server: Server, cast: Cast, raws: Raws) -> None:
    grown, calls = flood(server, cast, raws, "createGroup", {"groupName": "more", "users": []}, 400)
    assert grown < SLACK_BYTES
    assert calls >= ENOUGH_CALLS


@pytest.mark.slow
def test_a_flood_of_mark_read_takes_bounded_memory_and_starves_no_one(server: Server, cast: Cast, raws: Raws) -> None:
    mark = {"receiver": "BOB", "group": False, "sequence": 1}
    grown, calls = flood(server, cast, raws, "markRead", mark, 15_000)
    assert grown < SLACK_BYTES
    assert calls >= ENOUGH_CALLS


@pytest.mark.slow
def test_large_events_behind_a_slow_one_are_not_read_from_the_socket(server: Server, cast: Cast, raws: Raws) -> None:
    """Each event waits for the one before. Without a limit in bytes, a hundred megabytes would be buffered."""
    (mallory,) = cast(1)
    raw = raws().joined(mallory.token)
    before = resident_bytes(server)
    reading = Reading(raw)
    group = {"groupName": "large", "users": []}
    for at in range(60):
        raw.event(at, "createGroup", {**group, "more": "x" * 900_000})
    wait_until(lambda: len(reading.acks) == 60, "all are answered")
    assert resident_bytes(server) - before < SLACK_BYTES
