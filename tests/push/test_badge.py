"""The number on the badge of the installed app: a notification gives it the one that a page would show."""

import time
from typing import Any

from chatapp.journal.push_jobs import LOOK_SECONDS
from tests.people import Cast, Person
from tests.push.device import Device, ask
from tests.push_service import PushService


def prefer(person: Person, receiver: str, *, group: bool, **wanted: Any) -> None:
    body = {"receiver": receiver, "group": group, **wanted}
    assert ask(person, "PATCH", "/preferences", body).status_code == 200


def badge_of_page(person: Person) -> int:
    """What the web client counts: of a conversation all unread messages, only those with mentions, or none."""
    total = 0
    for one in person.get("/conversations").json()["conversations"]:
        counts = {"none": 0, "mentions": len(one["unreadMentions"])}
        total += counts.get(one["preferences"]["level"], one["unread"])
    return total


def read_all(person: Person) -> None:
    for one in person.get("/conversations").json()["conversations"]:
        where = {"receiver": one["receiver"], "group": one["group"]}
        person.call("markRead", {**where, "sequence": one["lastSequence"]})


def subscribed(person: Person, service: PushService) -> Device:
    """A device, once the server knows that there is one."""
    device = Device(person, service)
    time.sleep(LOOK_SECONDS)
    return device


def test_conversations_that_are_marked_as_unread_count_by_their_level(cast: Cast, service: PushService) -> None:
    alice, bob, carol = cast(3)
    team, muted = (alice.make_group(name, bob.username) for name in ("Team", "Muted"))
    for text in ("one", "two", "three"):
        alice.post("/messages", {"receiver": bob.username, "content": text})
        for group in (team, muted):
            alice.post("/messages", {"receiver": group, "group": True, "content": f"@{bob.username} {text}"})
    alice.post("/messages", {"receiver": team, "group": True, "content": "for everybody"})
    bob.connect()
    read_all(bob)
    prefer(bob, alice.username, group=False, unreadFrom=2)
    prefer(bob, team, group=True, level="mentions", unreadFrom=2)
    prefer(bob, muted, group=True, level="none", unreadFrom=1)
    device = subscribed(bob, service)
    carol.post("/messages", {"receiver": bob.username, "content": "hello"})
    assert badge_of_page(bob) == 2 + 2 + 1
    assert device.wait_for(1)[0]["unread"] == 2 + 2 + 1
    alice.post("/messages", {"receiver": team, "group": True, "content": f"@{bob.username} four"})
    assert device.wait_for(2)[1]["unread"] == badge_of_page(bob) == 2 + 3 + 1


def test_mentions_from_before_a_member_joined_do_not_count(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    team = alice.make_group("Team")
    assert ask(alice, "PATCH", f"/group/{team}", {"sharesHistory": False}).status_code == 200
    for text in ("@group one", "@group two", "three"):
        alice.post("/messages", {"receiver": team, "group": True, "content": text})
    joined = ask(alice, "POST", f"/group/{team}/members", {"users": [{"username": bob.username}]})
    assert joined.status_code == 200, joined.text
    prefer(bob, team, group=True, level="mentions", unreadFrom=1)
    device = subscribed(bob, service)
    alice.post("/messages", {"receiver": bob.username, "content": "hello"})
    assert device.wait_for(1)[0]["unread"] == badge_of_page(bob) == 1
