"""Every socket event sent by a guest, and by a plain member at the same place: only the answers to REFUSED differ."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.realtime.wire import Wire
from tests.security.event_payloads import VALID
from tests.security.installation import SignedIn
from tests.security.scene import Scene, end_scene, new_group, scene_in
from tests.security.test_callers_of_events import FINDS_NOTHING, FOR_ADMINS

REFUSED = {"createGroup", "findGroups", "joinGroup"}
"""What a member may do, and a guest may not."""

LAST = ("closePoll", "deleteMessage", "sendScheduled", "deleteScheduled")
"""A poll that is closed takes no votes, a deleted message nothing, and a message that was sent waits no more."""

HIDDEN, MISSING = "keeper", "nobody.at.all"
"""Whom no guest sees, and whom nobody sees."""

SignIn = Callable[[str], SignedIn]
Connect = Callable[[SignedIn], Wire]


@pytest.mark.parametrize("kind", ["outsider", "guest"])
def test_a_guest_does_what_a_member_does(signed_in: SignIn, wire: Connect, kind: str) -> None:
    owner, caller = signed_in("member"), signed_in(kind)
    scene = scene_in(new_group(owner, kind, "other"), caller)
    connection = wire(caller)
    refused = {}
    for event in sorted(VALID, key=lambda one: LAST.index(one) if one in LAST else -1):
        ack = connection.call(event, VALID[event](scene))
        if not ack["success"]:
            refused[event] = ack["error"]["code"]
    also = dict.fromkeys(REFUSED, "forbidden") if kind == "guest" else {}
    assert refused == {
        **dict.fromkeys(FOR_ADMINS, "forbidden"),
        **FINDS_NOTHING,
        **also,
        "deleteScheduled": "not_found",
    }
    assert connection.call("removeMember", {"groupId": scene.group, "username": kind})["success"] is True


def test_a_guest_does_not_learn_from_any_event_who_exists(signed_in: SignIn, wire: Connect) -> None:
    """Whoever they name, the answer is the same for a person whom they do not see and for nobody."""
    owner, guest = signed_in("member"), signed_in("guest")
    scene = scene_in(new_group(owner, "guest", "other"), guest)
    connection, tried = wire(guest), set()
    for event in VALID:
        if MISSING not in str(_naming(MISSING, event, scene)):
            continue
        hidden, unknown = (connection.call(event, _naming(name, event, scene)) for name in (HIDDEN, MISSING))
        assert json.dumps(hidden).replace(HIDDEN, "?") == json.dumps(unknown).replace(MISSING, "?"), event
        assert unknown["success"] is (event in ("look", "sync")), (event, unknown)
        tried.add(event)
    assert {"privateMessage", "forwardMessage", "createPoll", "saveDraft", "typing", "search"} < tried
    end_scene(guest, scene)


def _naming(name: str, event: str, scene: Scene) -> dict[str, Any]:
    """The payload of an event with a person wherever it may have one."""
    payload = VALID[event](replace(scene, other=name))
    if "receiver" in payload:
        payload["receiver"] = name
    if "group" in payload:
        payload["group"] = False
    if "q" in payload:
        payload["q"] = f"tried from:{name}"
    return payload
