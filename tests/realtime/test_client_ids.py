"""`clientId`: a message that is sent again, at any time and over any transport, is stored and broadcast once."""

import uuid

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private


def _shown(wire: Wire) -> int:
    wire.read_all()
    return len(wire.all_of("response"))


def test_a_retry_gets_the_first_ack_and_is_not_broadcast(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    payload = private(alice.username, bob.username, "once", clientId=str(uuid.uuid4()))
    number = from_alice.emit("privateMessage", payload)
    to_bob.confirm(to_bob.message("once"))
    first = from_alice.ack(number)
    assert first["response"]["clientId"] == payload["clientId"]
    assert from_alice.call("privateMessage", payload) == first
    assert from_alice.call("privateMessage", {**payload, "clientId": payload["clientId"].upper()}) == first
    assert from_alice.call("privateMessage", {**payload, "content": "changed"}) == first
    assert (_shown(from_alice), _shown(to_bob)) == (1, 1)
    assert len(alice.history(bob.username)) == 1


def test_a_retry_before_the_first_ack_gets_the_same_ack(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    payload = private(alice.username, bob.username, "impatient", clientId=str(uuid.uuid4()))
    numbers = [from_alice.emit("privateMessage", payload) for _ in range(5)]
    heard = to_bob.message("impatient")
    numbers += [from_alice.emit("privateMessage", payload) for _ in range(5)]
    to_bob.read_all()
    to_bob.confirm(heard)
    acks = [from_alice.ack(number) for number in numbers]
    assert acks == [acks[0]] * 10
    assert acks[0]["response"]["deliveredToAll"] is True
    assert (_shown(from_alice), _shown(to_bob)) == (1, 1)
    assert len(alice.history(bob.username)) == 1


def test_a_sender_who_retries_after_a_reconnect_receives_the_delivery_update(cast: Cast, wires: Wires) -> None:
    """The first ack went to a closed connection. The new connection must still learn of the delivery."""
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    payload = private(alice.username, bob.username, "train tunnel", clientId=str(uuid.uuid4()))
    from_alice.emit("privateMessage", payload)
    heard = to_bob.message("train tunnel")
    from_alice.close()
    back = wires(alice)
    number = back.emit("privateMessage", payload)
    back.read_all()
    to_bob.confirm(heard)
    ack = back.ack(number)
    updates = [one["response"]["messageId"] for one in back.all_of("updateDeliveryStatusOnConnection")]
    assert ack["response"]["deliveredToAll"] or updates == [ack["response"]["messageId"]]
    assert (_shown(back), _shown(to_bob)) == (0, 1)


def test_a_retry_over_http_or_socket_finds_the_message_stored_by_the_other(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    for content, socket_first in (("socket then http", True), ("http then socket", False)):
        payload = private(alice.username, bob.username, content, clientId=str(uuid.uuid4()))
        if socket_first:
            number = from_alice.emit("privateMessage", payload)
            to_bob.confirm(to_bob.message(content))
            ack = from_alice.ack(number)
        answer = alice.post("/messages", payload)
        assert answer.status_code == 200
        if not socket_first:
            to_bob.confirm(to_bob.message(content))
            from_alice.event(
                "updateDeliveryStatusOnConnection", lambda one: one["response"]["content"] == "http then socket"
            )
            ack = from_alice.call("privateMessage", payload)
        assert ack["response"]["messageId"] == answer.json()["response"]["messageId"]
        assert alice.post("/messages", payload).json() == ack
    assert (_shown(from_alice), _shown(to_bob)) == (2, 2)
    assert len(alice.history(bob.username)) == 2


def test_a_retry_in_a_group_finds_the_stored_message(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    group = alice.make_group("Once", bob.username)
    from_alice, to_bob = wires(alice), wires(bob)
    payload = private(alice.username, group, "once for all", clientId=str(uuid.uuid4()))
    number = from_alice.emit("groupMessage", payload)
    to_bob.confirm(to_bob.message("once for all"))
    assert from_alice.call("groupMessage", payload) == from_alice.ack(number)
    assert (_shown(from_alice), _shown(to_bob)) == (1, 1)


def test_two_senders_may_use_the_same_client_id(cast: Cast, wires: Wires) -> None:
    alice, mallory = cast(2)
    from_alice, from_mallory = wires(alice), wires(mallory)
    number = str(uuid.uuid4())
    mine = from_alice.call("privateMessage", private(alice.username, alice.username, "mine", clientId=number))
    hers = from_mallory.call("privateMessage", private(mallory.username, mallory.username, "hers", clientId=number))
    assert mine["response"]["content"] == "mine"
    assert hers["response"]["content"] == "hers"


def test_a_retry_with_another_receiver_sends_that_receiver_nothing(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    from_alice = wires(alice)
    number = str(uuid.uuid4())
    first = from_alice.call("privateMessage", private(alice.username, bob.username, "for bob", clientId=number))
    again = from_alice.call("privateMessage", private(alice.username, carol.username, "for bob", clientId=number))
    assert again == first
    assert carol.get("/conversations").json()["conversations"] == []


def test_a_refused_message_may_be_sent_again_with_the_same_client_id(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice = wires(alice)
    number = str(uuid.uuid4())
    refused = from_alice.call("privateMessage", private(alice.username, "nobody-of-this-name", "hi", clientId=number))
    assert refused["success"] is False
    assert from_alice.call("privateMessage", private(alice.username, bob.username, "hi", clientId=number))["success"]


def test_a_client_id_that_is_not_a_uuid_is_refused(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice = wires(alice)
    for wrong in ("", "1", "x" * 36, 7, True, [], str(uuid.uuid4()) + "0"):
        ack = from_alice.call("privateMessage", private(alice.username, bob.username, "hi", clientId=wrong))
        assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input"), wrong
    assert from_alice.call("privateMessage", private(alice.username, bob.username, "hi", clientId=None))["success"]
