"""Many messages at once: they stay in order, none is lost, and no sender waits for another."""

import threading
import time

import pytest

from tests.people import Cast, Person, wait_until
from tests.realtime.conftest import Wires
from tests.realtime.wire import private

MESSAGES = 200


def _contents(count: int, prefix: str = "") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def _pipeline(person: Person, receiver: str, contents: list[str]) -> list[dict[str, object]]:
    """Emits all messages without waiting for acks. Returns the acks in the order of the messages."""
    acks: dict[str, dict[str, object]] = {}
    for content in contents:
        payload = private(person.username, receiver, content)
        person.emit("privateMessage", payload, lambda ack, content=content: acks.__setitem__(content, ack))
    wait_until(lambda: len(acks) == len(contents), f"{person.username}'s acks")
    return [acks[content] for content in contents]


def test_pipelined_messages_are_stored_and_received_in_order(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    contents = _contents(MESSAGES)
    numbers = [from_alice.emit("privateMessage", private(alice.username, bob.username, one)) for one in contents]
    for content in contents:
        to_bob.confirm(to_bob.message(content))
    acks = [from_alice.ack(number)["response"] for number in numbers]
    assert [one["sequence"] for one in acks] == list(range(1, MESSAGES + 1))
    for wire in (from_alice, to_bob):
        shown = [one["response"]["content"] for one in wire.all_of("response")]
        assert shown == contents
    assert [one["content"] for one in alice.history(bob.username, limit=500)] == contents
    assert all(one["deliveredToAll"] for one in acks)


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_pipelined_messages_arrive_on_every_transport(cast: Cast, transports: list[str]) -> None:
    alice, bob = cast(2)
    alice.connect(transports=transports)
    bob.connect(transports=transports)
    contents = _contents(MESSAGES)
    acks = _pipeline(alice, bob.username, contents)
    assert all(ack["success"] for ack in acks)
    assert [one["content"] for one in bob.history(alice.username, limit=500)] == contents
    for person in (alice, bob):
        wait_until(lambda person=person: len(person.messages()) == MESSAGES, "every response")
        assert sorted(one["content"] for one in person.messages()) == sorted(contents)


def test_two_users_who_pipeline_to_each_other_do_not_wait_for_the_ack_window(cast: Cast) -> None:
    """The confirmations of each user are queued behind their own messages. Neither may wait for the other's acks."""
    alice, bob = cast(2)
    alice.connect()
    bob.connect()
    acks: list[dict[str, object]] = []
    began = time.monotonic()
    senders = [
        threading.Thread(target=lambda: acks.extend(_pipeline(alice, bob.username, _contents(40, "a")))),
        threading.Thread(target=lambda: acks.extend(_pipeline(bob, alice.username, _contents(40, "b")))),
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert time.monotonic() - began < 1.9, "Less than one window, for all of it"
    assert len(acks) == 80
    assert all(ack["response"]["deliveredToAll"] for ack in acks)  # type: ignore[index]


def test_every_member_receives_the_same_order_without_gaps(cast: Cast, wires: Wires) -> None:
    people = cast(4)
    group = people[0].make_group("Crowd", *(one.username for one in people[1:]))
    lines = [wires(one) for one in people]
    numbers = [
        (line, line.emit("groupMessage", private(one.username, group, f"{one.username} {number}")))
        for number in range(25)
        for line, one in zip(lines, people, strict=True)
    ]
    shown = []
    for line in lines:
        line.event("response", lambda one: one["response"]["sequence"] == 100)
        messages = [one["response"] for one in line.all_of("response")]
        assert [one["sequence"] for one in messages] == list(range(1, 101))
        shown.append([one["content"] for one in messages])
        line.confirm(line.event("response", lambda one: one["response"]["sequence"] == 100))
    assert shown == [shown[0]] * 4
    for one in people:
        own = [content for content in shown[0] if content.startswith(one.username + " ")]
        assert own == [f"{one.username} {number}" for number in range(25)]
    # Confirming the last message confirms all earlier ones.
    assert all(line.ack(number, seconds=1.5)["response"]["deliveredToAll"] for line, number in numbers)


def test_a_sender_receives_one_update_a_message_when_all_recipients_reconnect_at_once(cast: Cast, wires: Wires) -> None:
    alice, *others = cast(7)
    group = alice.make_group("Monday", *(one.username for one in others))
    from_alice = wires(alice)
    for number in range(5):
        from_alice.call("groupMessage", private(alice.username, group, f"news {number}"))
    lines = [wires(one, joins=False) for one in others]
    for line in lines:
        line.send("40/chat,")
    for number in range(5):
        update = "updateDeliveryStatusOnConnection"
        from_alice.event(update, lambda one, number=number: one["response"]["content"] == f"news {number}")
    for line in lines:
        line.joined().read_all()
    from_alice.read_all()
    assert len(from_alice.all_of("updateDeliveryStatusOnConnection")) == 5
