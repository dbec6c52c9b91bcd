"""Upgrades from polling to WebSocket with messages in flight, failed upgrades, and polling alone."""

import json
import threading
import time
from collections.abc import Iterator

import pytest

from tests.engine import raw_websocket as by_hand
from tests.engine.background_reader import Reading, talk
from tests.engine.conftest import Raws
from tests.engine.frame_builder import CLOSE, TEXT, Sent, close_payload, joined
from tests.engine.raw_websocket import Polling, Raw, is_online, private
from tests.people import Cast, Person, wait_until
from tests.servers import Server

ROUNDS = 15
MESSAGES = 30


@pytest.fixture(scope="module", autouse=True)
def stuck(server: Server) -> Iterator[tuple[Polling, Raw]]:
    """A session whose upgrade was started at the beginning of the module and never finished."""
    polling, probe = Polling(server), Raw(server)
    probe.open(sid=polling.sid)
    probe.send_text("2probe")
    assert probe.text() == "3probe"
    yield polling, probe
    probe.drop()


def contents(packets: list[str]) -> list[str]:
    """Returns the contents of the `response` events among Socket.IO packets."""
    found = [json.loads(one[one.index("[") :]) for one in packets if one.startswith("42/chat,")]
    return [payload["response"]["content"] for name, payload in found if name == "response"]


def upgrade(polling: Polling, raw: Raw) -> list[str]:
    """Upgrades as a browser does: probes, waits for its poll to end, upgrades. Returns what the last polls received."""
    raw.open(sid=polling.sid)
    polled: list[str] = []
    poll = threading.Thread(target=lambda: polled.extend(polling.poll()))
    poll.start()
    raw.send_text("2probe")
    assert raw.text() == "3probe"
    poll.join(8)
    assert not poll.is_alive()
    raw.send_text("5")
    return polled


def read_until(raw: Raw, last: str) -> list[str]:
    found: list[str] = []
    while not found or last not in contents(found[-1:]):
        found.append(raw.text())
    return found


@pytest.mark.slow
def test_an_upgrade_loses_and_doubles_no_message_and_keeps_the_order(server: Server, cast: Cast, raws: Raws) -> None:
    alice, bob = cast(2)
    bob.connect()
    for number in range(ROUNDS):
        polling = Polling(server, alice.token).join()
        wanted = [f"{number} {at}" for at in range(MESSAGES)]
        sender = threading.Thread(target=_say_all, args=(bob, alice, wanted, number % 4))
        sender.start()
        before = polling.poll() if number % 3 == 0 else []
        raw = raws()
        polled = upgrade(polling, raw)
        # On a busy machine all messages may have arrived by polling.
        is_complete = wanted[-1] in contents([*before, *polled])
        after = [] if is_complete else read_until(raw, wanted[-1])
        sender.join(8)
        assert contents([*before, *polled, *after]) == wanted
        raw.send(Sent(CLOSE, close_payload(1000)).to_bytes())
        raw.drop()


def _say_all(sender: Person, receiver: Person, all_of_it: list[str], pause_milliseconds: int) -> None:
    for content in all_of_it:
        sender.emit("privateMessage", private(sender, receiver, content))
        threading.Event().wait(pause_milliseconds / 1000)


def test_polling_is_refused_after_an_upgrade_and_the_websocket_keeps_working(
    server: Server, cast: Cast, raws: Raws
) -> None:
    (alice,) = cast(1)
    polling, raw = Polling(server, alice.token).join(), raws()
    upgrade(polling, raw)
    raw.event(1, "nothing like this", {})
    raw.text_that(lambda text: text.startswith("43/chat,1["))
    assert polling.http.get(f"{polling.base}&sid={polling.sid}", timeout=8).status_code == 400
    assert polling.post("3").status_code == 400
    raw.event(2, "nothing like this", {})
    raw.text_that(lambda text: text.startswith("43/chat,2["))


def test_a_second_upgrade_of_a_session_is_refused_while_and_after_the_first(
    server: Server, cast: Cast, raws: Raws
) -> None:
    (alice,) = cast(1)
    polling, first = Polling(server, alice.token).join(), raws()
    first.open(sid=polling.sid)
    for _ in range(2):
        second = raws()
        second.send(by_hand.opening(second.port, f"/socket.io/?EIO=4&transport=websocket&sid={polling.sid}"))
        assert second.read_head().split(b" ")[1] == b"400"
        first.send_text("2probe")
        if first.text() == "3probe":
            polling.poll()
            first.send_text("5")
            first.event(1, "nothing like this", {})
            first.text_that(lambda text: text.startswith("43/chat,1["))
            first.send_text("2probe")
            return


def test_a_failed_probe_leaves_the_session_on_polling(server: Server, cast: Cast, raws: Raws) -> None:
    alice, bob = cast(2)
    bob.connect()
    polling = Polling(server, alice.token).join()
    endings = (
        lambda raw: raw.drop(),
        lambda raw: raw.send(Sent(CLOSE, close_payload(1001)).to_bytes()),
        lambda raw: raw.send_text("4nonsense"),
        lambda raw: raw.send(Sent(3).to_bytes()),
        lambda raw: raw.send_text("5"),
        lambda raw: (raw.send_text("2probe"), raw.text(), raw.drop()),
        lambda raw: (raw.send_text("2probe"), raw.text(), raw.send_text("nonsense")),
    )
    for number, end in enumerate(endings):
        raw = raws()
        raw.open(sid=polling.sid)
        end(raw)
        bob.emit("privateMessage", private(bob, alice, f"after probe {number}"))
        polling.poll_until(lambda text, number=number: f"after probe {number}" in text)
    # The end of the abandoned probe, some seconds later, does not end the session either.
    threading.Event().wait(5.5)
    bob.emit("privateMessage", private(bob, alice, "still polling"))
    polling.poll_until(lambda text: "still polling" in text)
    upgrade(polling, last := raws())
    bob.emit("privateMessage", private(bob, alice, "and upgraded in the end"))
    last.text_that(lambda text: "and upgraded in the end" in text)


def test_polling_continues_during_a_silent_probe(server: Server, cast: Cast, raws: Raws) -> None:
    """A proxy may forward the handshake and drop the frames."""
    alice, bob = cast(2)
    bob.connect()
    polling, silent = Polling(server, alice.token).join(), raws()
    silent.open(sid=polling.sid)
    bob.emit("privateMessage", private(bob, alice, "by polling"))
    polling.poll_until(lambda text: "by polling" in text)


def test_a_session_that_ends_closes_its_probe(hasty_server: Server, raws: Raws) -> None:
    polling, probe = Polling(hasty_server), raws(on=hasty_server)
    probe.open(sid=polling.sid)
    # It joins no namespace and answers no heartbeat, so it ends after two seconds.
    assert probe.close_frame()[0] == 1001
    assert polling.http.get(f"{polling.base}&sid={polling.sid}", timeout=8).status_code == 400


def test_an_upgrade_sent_in_one_write_ends_the_open_poll(server: Server, cast: Cast, raws: Raws) -> None:
    (alice,) = cast(1)
    polling, raw = Polling(server, alice.token).join(), raws()
    raw.open(sid=polling.sid)
    polled: list[str] = []
    poll = threading.Thread(target=lambda: polled.extend(polling.poll()))
    poll.start()
    threading.Event().wait(0.2)
    raw.send(joined(Sent(TEXT, b"2probe"), Sent(TEXT, b"5"), Sent(TEXT, b'42/chat,1["nothing like this"]')))
    raw.text_that(lambda text: text.startswith("43/chat,1["))
    poll.join(8)
    assert not poll.is_alive()
    assert polled == ["6"]


def test_a_polling_client_sends_and_receives_hundreds_of_messages_in_order(server: Server, cast: Cast) -> None:
    """More packets in one body than the library accepts, and more queued than the Python client accepts."""
    alice, bob = cast(2)
    from_alice, to_bob = Polling(server, alice.token).join(), Polling(server, bob.token).join()
    wanted = [str(number) for number in range(200)]
    events = [f"42/chat,{one}{json.dumps(['privateMessage', private(alice, bob, one)])}" for one in wanted]
    assert from_alice.post(*events).status_code == 200
    found: list[str] = []
    while len(found) < 200:
        packets = to_bob.poll()
        assert len(packets) <= 16
        found += contents(packets)
    assert found == wanted
    acked: list[str] = []
    while len(acked) < 200:
        acked += [one for one in from_alice.poll() if one.startswith("43/chat,")]
    assert all('"success":true' in one for one in acked)


def test_the_python_client_receives_a_burst_by_polling(cast: Cast) -> None:
    alice, bob = cast(2)
    alice.connect(transports=["polling"])
    bob.connect(transports=["polling"])
    for number in range(100):
        alice.emit("privateMessage", private(alice, bob, str(number)))
    bob.wait_for_message("99")
    assert [one["content"] for one in bob.messages()] == [str(number) for number in range(100)]
    assert alice.socket is not None
    assert alice.socket.connected


def test_a_polling_client_that_only_posts_is_closed_when_its_buffer_is_full(
    server: Server, cast: Cast, raws: Raws
) -> None:
    """It answers heartbeats that it never fetched, so the heartbeat timeout does not detect it."""
    mallory, alice = cast(2)
    group = alice.make_group("Loud", mallory.username)
    polling = Polling(server, mallory.token).join()
    payload = {"sender": alice.username, "receiver": group, "content": "x" * 60_000}
    # Several connections, because each ack, and with it its connection, waits for mallory.
    own = [Reading(raws().joined(alice.token)) for _ in range(4)]
    talks = [threading.Thread(daemon=True, target=talk, args=(one, payload, 30)) for one in own]
    for one in talks:
        one.start()
    deadline = time.monotonic() + 15
    while polling.post("3").status_code == 200:
        assert time.monotonic() < deadline, "The session went on without end"
        threading.Event().wait(0.05)
    for one in talks:
        one.join(20)
        assert not one.is_alive()
    wait_until(lambda: not is_online(alice, mallory), "mallory is seen to be gone")


def test_a_polling_session_that_is_never_polled_again_ends_within_the_heartbeat_time(
    hasty_server: Server, cast: Cast
) -> None:
    alice, bob = cast(2, on=hasty_server)
    bob.connect()
    Polling(hasty_server, alice.token).join()
    online = {"username": alice.username, "online": True}
    assert bob.wait_for("onlineStatus", lambda one: one == online)
    # The interval and the timeout are one second each.
    bob.wait_for("onlineStatus", lambda one: one == {**online, "online": False})


def test_a_stuck_probe_is_closed_and_polling_continues(stuck: tuple[Polling, Raw]) -> None:
    polling, probe = stuck
    probe.socket.settimeout(20)
    assert probe.close_frame()[0] == 1001
    polling.post("40/chat,")
    polling.poll_until(lambda text: text.startswith("44/chat,"))
