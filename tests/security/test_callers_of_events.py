"""Every socket event against every kind of caller. A new event without an entry in `event_payloads` fails a test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.realtime.wire import Wire
from tests.security.event_payloads import FORBIDDEN, VALID
from tests.security.installation import SignedIn
from tests.security.scene import Scene, end_scene, new_scene
from tests.servers import Server

SignIn = Callable[[str], SignedIn]
FOR_ADMINS = {"changeGroup", "deleteGroup", "addMembers", "setRole", "removeMember"}
"""What a member of a group may not do, but its owner may."""

OF_AUTHOR = {"editMessage", "deleteMessage", "closePoll", "changeScheduled", "deleteScheduled", "sendScheduled"}
"""What nobody may do with what somebody else wrote."""

FINDS_NOTHING = {"forwardOrigin": "not_found"}
"""Nothing was forwarded."""

ENDS = {"deleteMessage", "deleteGroup", "deleteScheduled", "sendScheduled", "closePoll", "removeMember"}
REFUSALS = {"forbidden", "not_a_member", "not_found", "forged_sender"}


@pytest.fixture
def scene(signed_in: SignIn) -> Iterator[tuple[SignedIn, Scene]]:
    owner = signed_in("member")
    made = new_scene(owner)
    yield owner, made
    end_scene(owner, made)


def _payload(event: str, scene: Scene, sender: str) -> dict[str, Any]:
    payload = VALID[event](scene)
    return {**payload, "sender": sender} if "sender" in payload else payload


def test_the_owner_may_send_every_event(scene: tuple[SignedIn, Scene], wire: Callable[[SignedIn], Wire]) -> None:
    """Otherwise the next tests would be refused for another reason."""
    owner, made = scene
    connection = wire(owner)
    answers = {event: connection.call(event, _payload(event, made, owner.username)) for event in set(VALID) - ENDS}
    refused = {event: ack["error"]["code"] for event, ack in answers.items() if not ack["success"]}
    assert refused == FINDS_NOTHING
    for event in ("removeMember", "closePoll", "deleteMessage", "sendScheduled", "deleteGroup"):
        ack = connection.call(event, _payload(event, made, owner.username))
        assert ack["success"] is True, (event, ack)


@pytest.mark.parametrize("kind", ["outsider", "former", "moderator", "admin", "guest", "former guest"])
def test_who_is_not_in_it_is_refused_every_event_about_it(
    scene: tuple[SignedIn, Scene], wire: Callable[[SignedIn], Wire], signed_in: SignIn, kind: str
) -> None:
    owner, made = scene
    was_in_it, kind = kind.startswith("former"), kind.removeprefix("former ")
    if was_in_it:
        members = f"/group/{made.group}/members"
        owner.post(members, {"users": [{"username": kind}]})
        assert owner.http.delete(f"{owner.server.http}{members}/{kind}").status_code == 200
    connection = wire(signed_in(kind))
    accepted = set()
    for event in set(FORBIDDEN) - {"scheduleMessage"}:
        ack = connection.call(event, _payload(event, made, kind))
        if ack["success"]:
            accepted.add(event)
        else:
            assert ack["error"]["code"] in REFUSALS, (event, ack)
    assert accepted == set()


def test_a_member_may_not_do_what_admins_and_authors_may(
    scene: tuple[SignedIn, Scene], wire: Callable[[SignedIn], Wire], signed_in: SignIn
) -> None:
    _, made = scene
    connection = wire(signed_in("other"))
    for event in (FOR_ADMINS - {"removeMember", "addMembers"}) | OF_AUTHOR:
        ack = connection.call(event, _payload(event, made, "other"))
        assert not ack["success"], event
        assert ack["error"]["code"] in REFUSALS, (event, ack)


@pytest.mark.parametrize("kind", ["nobody", "forged", "revoked"])
def test_nobody_without_a_session_sends_anything(installation: Server, signed_in: SignIn, kind: str) -> None:
    person = signed_in("gone")
    token = {"nobody": None, "forged": person.token[:-4] + "AAAA", "revoked": person.token}[kind]
    if kind == "revoked":
        person.post("/logout", {})
    wire = Wire(installation, token)
    with pytest.raises(AssertionError, match="not_signed_in"):
        wire.joined()
    numbers = [wire.emit(event, {}) for event in VALID]
    with pytest.raises(AssertionError, match="Waited in vain"):
        wire.ack(numbers[-1], seconds=0.3)
    assert not [frame for frame in wire.frames if frame.kind == "ack"]
    wire.close()
