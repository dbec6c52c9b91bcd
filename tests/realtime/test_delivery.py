"""`updateDeliveryStatusOnConnection`: the sender is informed once of a delivery that happened after the ack."""

from tests.people import Cast, wait_until
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private
from tests.servers import Server

UPDATE = "updateDeliveryStatusOnConnection"


def _updated_contents(wire: Wire) -> list[str]:
    """Returns the contents of the messages for which this connection has received a delivery update."""
    wire.read_all()
    return [payload["response"]["content"] for payload in wire.all_of(UPDATE)]


def test_the_sender_receives_one_update_for_a_confirmation_after_the_ack_window(
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
    assert _updated_contents(from_alice) == _updated_contents(other_tab) == ["take your time"]
    assert alice.history(bob.username)[0]["deliveredToAll"] is True


def test_the_sender_receives_no_update_for_a_delivery_that_the_ack_reported(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "quick"))
    to_bob.confirm(to_bob.message("quick"))
    assert from_alice.ack(number)["response"]["deliveredToAll"] is True
    to_bob.close()
    wires(bob).call("markRead", {"receiver": alice.username, "sequence": 1})
    assert _updated_contents(from_alice) == []


def test_the_sender_receives_no_update_before_the_last_member_confirmed(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    alice, bob, carol = cast(3, on=hasty_server)
    group = alice.make_group("Late", bob.username, carol.username)
    from_alice, to_bob, to_carol = wires(alice), wires(bob), wires(carol)
    from_alice.call("groupMessage", private(alice.username, group, "one by one"))
    to_bob.confirm(to_bob.message("one by one"))
    to_bob.read_all()
    assert _updated_contents(from_alice) == []
    to_carol.confirm(to_carol.message("one by one"))
    from_alice.event(UPDATE)
    assert _updated_contents(from_alice) == ["one by one"]
    to_bob.read_all()
    assert to_bob.all_of(UPDATE) == []


def test_a_recipient_who_connects_confirms_all_waiting_messages(cast: Cast, wires: Wires) -> None:
    alice, carol, bob = cast(3)
    group = alice.make_group("While away", bob.username, carol.username)
    from_alice, from_carol = wires(alice), wires(carol)
    for one in range(3):
        assert from_alice.call("privateMessage", private(alice.username, bob.username, f"private {one}"))["success"]
    from_carol.call("privateMessage", private(carol.username, bob.username, "carol's own"))
    number = from_alice.emit("groupMessage", private(alice.username, group, "in the group"))
    from_carol.confirm(from_carol.message("in the group"))
    assert from_alice.ack(number)["response"]["deliveredToAll"] is False
    assert _updated_contents(from_alice) == _updated_contents(from_carol) == []

    to_bob = wires(bob)
    for content in ("private 0", "private 1", "private 2", "in the group"):
        told = from_alice.event(UPDATE, lambda one, content=content: one["response"]["content"] == content)
        assert told.data["response"]["deliveredToAll"] is True
    from_carol.event(UPDATE)
    to_bob.close()
    wires(bob).read_all()
    assert sorted(_updated_contents(from_alice)) == ["in the group", "private 0", "private 1", "private 2"]
    assert _updated_contents(from_carol) == ["carol's own"]
    assert all(one["deliveredToAll"] for one in alice.history(bob.username))


def test_a_group_message_is_delivered_when_the_last_offline_member_connects(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Empty chairs", bob.username, carol.username)
    from_alice = wires(alice)
    from_alice.call("groupMessage", private(alice.username, group, "anybody?"))
    wires(bob).read_all()
    assert _updated_contents(from_alice) == []
    wires(carol).read_all()
    from_alice.event(UPDATE)
    assert _updated_contents(from_alice) == ["anybody?"]


def test_a_message_sent_over_http_is_confirmed_and_updated_like_any_other(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = wires(alice), wires(bob)
    ack = alice.post("/messages", {"receiver": bob.username, "content": "over http"}).json()
    assert ack["response"]["deliveredToAll"] is False
    to_bob.confirm(to_bob.message("over http"))
    assert to_alice.event(UPDATE).data["response"]["messageId"] == ack["response"]["messageId"]
    assert _updated_contents(to_alice) == ["over http"]


def test_a_sender_who_was_offline_finds_the_delivery_state_in_the_history(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice = wires(alice)
    from_alice.call("privateMessage", private(alice.username, bob.username, "see you"))
    from_alice.close()
    wires(bob)
    # The connection is accepted before its confirmation, and watermarks are written in batches.
    wait_until(lambda: bool(alice.history(bob.username)[0]["deliveredToAll"]), "connecting confirms")
    again = wires(alice)
    assert _updated_contents(again) == []


def test_confirming_an_own_message_does_not_confirm_a_later_message_of_another(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    """A watermark covers all earlier messages, so it must not be raised to a later message of alice."""
    alice, bob = cast(2, on=hasty_server)
    from_alice, from_bob = wires(alice), wires(bob)
    number = from_bob.emit("privateMessage", private(bob.username, alice.username, "first"))
    from_alice.confirm(from_alice.message("first"))
    from_bob.confirm(from_bob.message("first"))
    assert from_bob.ack(number)["response"]["deliveredToAll"] is True
    second = from_alice.call("privateMessage", private(alice.username, bob.username, "second"))
    assert second["response"]["deliveredToAll"] is False


def test_a_sender_who_confirms_nothing_receives_the_delivery_update(
    hasty_server: Server, cast: Cast, wires: Wires
) -> None:
    """The sender's own watermark does not count, however low it is."""
    alice, bob = cast(2, on=hasty_server)
    from_alice, from_bob = wires(alice), wires(bob)
    for content in ("one", "two"):
        from_bob.call("privateMessage", private(bob.username, alice.username, content))
    ack = from_alice.call("privateMessage", private(alice.username, bob.username, "three"))
    assert ack["response"]["deliveredToAll"] is False
    from_bob.confirm(from_bob.message("three"))
    assert from_alice.event(UPDATE).data["response"]["content"] == "three"
    assert _updated_contents(from_alice) == ["three"]
    assert _updated_contents(from_bob) == []
