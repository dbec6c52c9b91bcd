"""The ack of a message: after the sender's own `response` and the confirmations, at most one ack window later."""

import time

import pytest

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import ACK, private
from tests.servers import Server

HASTY_WINDOW_SECONDS = 0.4
WINDOW_SECONDS = 2.0


@pytest.mark.parametrize("event", ["privateMessage", "groupMessage"])
def test_the_sender_receives_its_message_before_the_ack(cast: Cast, wires: Wires, event: str) -> None:
    alice, bob = cast(2)
    receiver = bob.username if event == "privateMessage" else alice.make_group("Pair", bob.username)
    from_alice, to_bob = wires(alice), wires(bob)
    numbers = [from_alice.emit(event, private(alice.username, receiver, f"number {one}")) for one in range(20)]
    for one in range(20):
        to_bob.confirm(to_bob.message(f"number {one}"))
    for number in numbers:
        from_alice.ack(number)
    for one, number in enumerate(numbers):
        shown = from_alice.frames.index(from_alice.message(f"number {one}"))
        acked = next(place for place, frame in enumerate(from_alice.frames) if (frame.kind, frame.id) == (ACK, number))
        assert shown < acked


def test_the_ack_waits_for_every_online_recipient(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Three", bob.username, carol.username)
    from_alice, to_bob, to_carol = wires(alice), wires(bob), wires(carol)
    number = from_alice.emit("groupMessage", private(alice.username, group, "both of you"))
    to_bob.confirm(to_bob.message("both of you"))
    to_carol.message("both of you")
    with pytest.raises(AssertionError, match="Waited in vain"):
        from_alice.ack(number, seconds=0.3)
    to_carol.confirm(to_carol.message("both of you"))
    # Shorter than the window, so the confirmation causes the ack, not the timeout.
    assert from_alice.ack(number, seconds=1.2)["response"]["deliveredToAll"] is True


def test_the_ack_is_sent_when_the_ack_window_ends(hasty_server: Server, cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2, on=hasty_server)
    from_alice, to_bob = wires(alice), wires(bob)
    began = time.monotonic()
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "hello?"))
    ack = from_alice.ack(number)
    waited = time.monotonic() - began
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, False)
    assert HASTY_WINDOW_SECONDS * 0.9 <= waited < HASTY_WINDOW_SECONDS + 1
    to_bob.message("hello?")


def test_the_ack_window_is_two_seconds_by_default(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, _silent = wires(alice), wires(bob)
    began = time.monotonic()
    ack = from_alice.call("privateMessage", private(alice.username, bob.username, "hello?"))
    waited = time.monotonic() - began
    assert ack["response"]["deliveredToAll"] is False
    assert WINDOW_SECONDS * 0.95 <= waited < WINDOW_SECONDS + 1


def test_the_ack_does_not_wait_for_an_offline_recipient(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Two here", bob.username, carol.username)
    from_alice, to_bob = wires(alice), wires(bob)
    began = time.monotonic()
    first = from_alice.call("privateMessage", private(alice.username, carol.username, "not there"))
    number = from_alice.emit("groupMessage", private(alice.username, group, "to those here"))
    to_bob.confirm(to_bob.message("to those here"))
    second = from_alice.ack(number)
    assert time.monotonic() - began < WINDOW_SECONDS / 2
    assert [one["response"]["deliveredToAll"] for one in (first, second)] == [False, False]


def test_the_ack_stops_waiting_for_a_recipient_who_disconnects(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "do not go"))
    to_bob.message("do not go")
    began = time.monotonic()
    to_bob.close()
    ack = from_alice.ack(number)
    assert time.monotonic() - began < WINDOW_SECONDS / 2
    assert ack["response"]["deliveredToAll"] is False


def test_the_ack_keeps_waiting_for_a_recipient_with_another_open_tab(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, first_tab, second_tab = wires(alice), wires(bob), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "still there?"))
    first_tab.message("still there?")
    first_tab.close()
    with pytest.raises(AssertionError, match="Waited in vain"):
        from_alice.ack(number, seconds=0.3)
    second_tab.confirm(second_tab.message("still there?"))
    assert from_alice.ack(number, seconds=1.2)["response"]["deliveredToAll"] is True


def test_confirmations_from_several_connections_of_a_user_count_once(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Tabs", bob.username, carol.username)
    from_alice, to_carol, tabs = wires(alice), wires(carol), [wires(bob) for _ in range(3)]
    number = from_alice.emit("groupMessage", private(alice.username, group, "count"))
    for tab in tabs:
        tab.confirm(tab.message("count"))
    with pytest.raises(AssertionError, match="Waited in vain"):
        from_alice.ack(number, seconds=0.3)
    to_carol.confirm(to_carol.message("count"))
    assert from_alice.ack(number, seconds=1.2)["response"]["deliveredToAll"] is True


@pytest.mark.parametrize(
    "answer", [(), (None,), ({"success": "false"},), ("text", 7), ({"success": True, "receiver": "x"},)]
)
def test_a_confirmation_counts_for_its_connection_whatever_it_carries(
    cast: Cast, wires: Wires, answer: tuple[object, ...]
) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "hi"))
    to_bob.confirm(to_bob.message("hi"), *answer)
    assert from_alice.ack(number, seconds=1.2)["response"]["deliveredToAll"] is True


def test_an_ack_that_says_success_false_confirms_nothing(hasty_server: Server, cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2, on=hasty_server)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "hi"))
    to_bob.confirm(to_bob.message("hi"), {"success": False, "receiver": bob.username})
    assert from_alice.ack(number)["response"]["deliveredToAll"] is False


def test_a_confirmation_in_the_name_of_another_user_does_not_count_for_that_user(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    alice, bob, carol = cast(3, on=hasty_server)
    group = alice.make_group("Names", bob.username, carol.username)
    from_alice, to_bob, _to_carol = wires(alice), wires(bob), wires(carol)
    number = from_alice.emit("groupMessage", private(alice.username, group, "who has it?"))
    for name in (bob.username, carol.username):
        to_bob.confirm(to_bob.message("who has it?"), {"success": True, "receiver": name})
    from_alice.confirm(from_alice.message("who has it?"), {"success": True, "receiver": carol.username})
    assert from_alice.ack(number)["response"]["deliveredToAll"] is False


def test_an_event_does_not_wait_for_the_ack_of_an_earlier_event(hasty_server: Server, cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3, on=hasty_server)
    from_alice, _silent = wires(alice), wires(bob)
    slow = from_alice.emit("privateMessage", private(alice.username, bob.username, "slow"))
    quick = from_alice.emit("privateMessage", private(alice.username, carol.username, "quick"))
    assert from_alice.ack(quick, seconds=0.3)["success"] is True
    assert not [frame for frame in from_alice.frames if (frame.kind, frame.id) == (ACK, slow)]
    assert from_alice.ack(slow)["success"] is True
