"""Two people talk over real sockets."""

from collections.abc import Callable

from tests.people import Person

People = Callable[..., Person]


def test_a_private_message_reaches_sender_and_recipient_and_is_acked_as_delivered(people: People) -> None:
    alice, bob = people("alice").connect(), people("bob").connect()
    ack = alice.say("bob", "hello")
    assert ack["success"] is True
    assert ack["response"]["deliveredToAll"] is True
    assert bob.wait_for_message("hello")["messageId"] == ack["response"]["messageId"]
    assert alice.wait_for_message("hello")["sender"] == "alice"
