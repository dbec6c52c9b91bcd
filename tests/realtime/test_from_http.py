"""Messages and groups created over HTTP reach connected members at once."""

import time

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import private

PROMISED_SECONDS = 0.2


def test_a_message_sent_over_http_reaches_every_connected_member_in_time(cast: Cast, wires: Wires) -> None:
    alice, bob, mallory = cast(3)
    group = alice.make_group("Post", bob.username)
    to_alice, to_bob, to_mallory = wires(alice), wires(bob), wires(mallory)
    waits = []
    for number in range(7):
        content = f"posted {number}"
        answer = alice.post("/messages", {"receiver": group, "group": True, "content": content})
        stored = time.monotonic()
        assert answer.json()["success"] is True
        heard = to_bob.message(content)
        waits.append(time.monotonic() - stored)
        assert heard.data["response"]["messageId"] == answer.json()["response"]["messageId"]
        to_alice.message(content)
    assert sorted(waits)[len(waits) // 2] < PROMISED_SECONDS
    to_mallory.read_all()
    assert to_mallory.all_of("response") == []


def test_a_group_created_over_http_is_announced_in_time(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob = wires(bob)
    waits = []
    for number in range(7):
        alice.make_group(f"Group {number}", bob.username)
        made = time.monotonic()
        to_bob.event("newgrp", lambda one, number=number: f"Group {number}" in one["response"])
        waits.append(time.monotonic() - made)
    assert sorted(waits)[len(waits) // 2] < PROMISED_SECONDS


def test_messages_sent_over_http_and_socket_have_one_order(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob, from_alice = wires(bob), wires(alice)
    for number in range(6):
        if number % 2:
            alice.post("/messages", {"receiver": bob.username, "content": str(number)})
        else:
            from_alice.emit("privateMessage", private(alice.username, bob.username, str(number)))
            from_alice.message(str(number))
    to_bob.message("5")
    assert [one["response"]["sequence"] for one in to_bob.all_of("response")] == [1, 2, 3, 4, 5, 6]
    assert [one["response"]["content"] for one in to_bob.all_of("response")] == list("012345")


def test_a_message_refused_over_http_is_sent_to_no_one(cast: Cast, wires: Wires) -> None:
    alice, bob, mallory = cast(3)
    group = alice.make_group("Quiet", bob.username)
    to_bob = wires(bob)
    attempts = [
        (alice, {"receiver": group, "group": True, "content": ""}, "invalid_input"),
        (alice, {"receiver": group, "group": True, "content": "x" * 65_537}, "invalid_input"),
        (alice, {"sender": bob.username, "receiver": bob.username, "content": "I am bob"}, "forged_sender"),
        (mallory, {"receiver": group, "group": True, "content": "psst"}, "not_a_member"),
    ]
    for person, body, code in attempts:
        answer = person.post("/messages", body)
        assert answer.json()["error"]["code"] == code
    to_bob.read_all()
    assert to_bob.all_of("response") == []
