"""`updateDeliveryStatusOnConnection`: what became delivered after its ack, told to its sender exactly once."""

from tests.people import Cast, wait_until
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private
from tests.servers import Server

UPDATE = "updateDeliveryStatusOnConnection"


def _told(wire: Wire) -> list[str]:
    """The contents of the messages that this connection was told of, everything sent so far included."""
    wire.read_all()
    return [payload["response"]["content"] for payload in wire.all_of(UPDATE)]


def test_a_late_confirmation_still_counts_and_its_sender_is_told_once(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    alice, bob = cast(2, on=hasty_server)
    from_alice, other_tab, to_bob, bobs_other_tab = wires(alice), wires(alice), wires(bob), wires(bob)
    ack = from_alice.call("privateMessage", private(alice.username, bob.username, "take your time"))
    assert ack["response"]["deliveredToAll"] is False
    for tab in (to_bob, bobs_other_tab):
        tab.confirm(tab.message("take your time"))
    for tab in (from_alice, other_tab):
        assert tab.event(UPDATE).data == {"response": {**ack["response"], "deliveredToAll": True}}
    assert bobs_other_tab.call("markRead", {"receiver": alice.username, "sequence": 1}) == {"success": True}
    assert _told(from_alice) == _told(other_tab) == ["take your time"]
    assert alice.history(bob.username)[0]["deliveredToAll"] is True


def test_what_the_ack_said_is_not_told_again(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "quick"))
    to_bob.confirm(to_bob.message("quick"))
    assert from_alice.ack(number)["response"]["deliveredToAll"] is True
    to_bob.close()
    wires(bob).call("markRead", {"receiver": alice.username, "sequence": 1})
    assert _told(from_alice) == []


def test_nobody_is_told_before_the_last_member_has_it(hasty_server: Server, cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3, on=hasty_server)
    group = alice.make_group("Late", bob.username, carol.username)
    from_alice, to_bob, to_carol = wires(alice), wires(bob), wires(carol)
    from_alice.call("groupMessage", private(alice.username, group, "one by one"))
    to_bob.confirm(to_bob.message("one by one"))
    to_bob.read_all()
    assert _told(from_alice) == []
    to_carol.confirm(to_carol.message("one by one"))
    from_alice.event(UPDATE)
    assert _told(from_alice) == ["one by one"]
    to_bob.read_all()
    assert to_bob.all_of(UPDATE) == []


def test_a_recipient_who_connects_confirms_everything_that_waited(cast: Cast, wires: Wires) -> None:
    alice, carol, bob = cast(3)
    group = alice.make_group("While away", bob.username, carol.username)
    from_alice, from_carol = wires(alice), wires(carol)
    for one in range(3):
        assert from_alice.call("privateMessage", private(alice.username, bob.username, f"private {one}"))["success"]
    from_carol.call("privateMessage", private(carol.username, bob.username, "carol's own"))
    number = from_alice.emit("groupMessage", private(alice.username, group, "in the group"))
    from_carol.confirm(from_carol.message("in the group"))
    assert from_alice.ack(number)["response"]["deliveredToAll"] is False
    assert _told(from_alice) == _told(from_carol) == []

    to_bob = wires(bob)
    for content in ("private 0", "private 1", "private 2", "in the group"):
        told = from_alice.event(UPDATE, lambda one, content=content: one["response"]["content"] == content)
        assert told.data["response"]["deliveredToAll"] is True
    from_carol.event(UPDATE)
    to_bob.close()
    wires(bob).read_all()
    assert sorted(_told(from_alice)) == ["in the group", "private 0", "private 1", "private 2"]
    assert _told(from_carol) == ["carol's own"]
    assert all(one["deliveredToAll"] for one in alice.history(bob.username))


def test_a_group_message_is_delivered_when_the_last_of_several_absentees_connects(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Empty chairs", bob.username, carol.username)
    from_alice = wires(alice)
    from_alice.call("groupMessage", private(alice.username, group, "anybody?"))
    wires(bob).read_all()
    assert _told(from_alice) == []
    wires(carol).read_all()
    from_alice.event(UPDATE)
    assert _told(from_alice) == ["anybody?"]


def test_a_message_stored_over_http_is_confirmed_and_told_like_any_other(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = wires(alice), wires(bob)
    ack = alice.post("/messages", {"receiver": bob.username, "content": "over http"}).json()
    assert ack["response"]["deliveredToAll"] is False
    to_bob.confirm(to_bob.message("over http"))
    assert to_alice.event(UPDATE).data["response"]["messageId"] == ack["response"]["messageId"]
    assert _told(to_alice) == ["over http"]


def test_a_sender_who_was_away_finds_the_tick_in_the_history(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice = wires(alice)
    from_alice.call("privateMessage", private(alice.username, bob.username, "see you"))
    from_alice.close()
    wires(bob)
    # Confirmed after he was let in, and written in a burst.
    wait_until(lambda: bool(alice.history(bob.username)[0]["deliveredToAll"]), "connecting confirms")
    again = wires(alice)
    assert _told(again) == []


def test_whoever_only_reads_does_not_confirm_for_the_sender_of_the_next(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    """A watermark says `up to here`: confirming bob's own message must not confirm alice's later one."""
    alice, bob = cast(2, on=hasty_server)
    from_alice, from_bob = wires(alice), wires(bob)
    number = from_bob.emit("privateMessage", private(bob.username, alice.username, "first"))
    from_alice.confirm(from_alice.message("first"))
    from_bob.confirm(from_bob.message("first"))
    assert from_bob.ack(number)["response"]["deliveredToAll"] is True
    second = from_alice.call("privateMessage", private(alice.username, bob.username, "second"))
    assert second["response"]["deliveredToAll"] is False


def test_one_who_confirms_nothing_still_hears_that_the_others_have_it(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    """The sender's own watermark has no say, however far behind it is."""
    alice, bob = cast(2, on=hasty_server)
    from_alice, from_bob = wires(alice), wires(bob)
    for content in ("one", "two"):
        from_bob.call("privateMessage", private(bob.username, alice.username, content))
    ack = from_alice.call("privateMessage", private(alice.username, bob.username, "three"))
    assert ack["response"]["deliveredToAll"] is False
    from_bob.confirm(from_bob.message("three"))
    assert from_alice.event(UPDATE).data["response"]["content"] == "three"
    assert _told(from_alice) == ["three"]
    assert _told(from_bob) == []
