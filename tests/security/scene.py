"""What a caller owns when a run begins to try an operation or an event, so that valid requests find something."""

import itertools
from dataclasses import dataclass
from datetime import timedelta

from chatapp.clock import now
from tests.security.installation import HANG_SECONDS, SignedIn

OTHER = "other"
"""Who is the second member of a scene's group, unless told."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scene:
    """A group of two with a message, a thread and a poll, and a scheduled message."""

    own: str
    other: str
    group: str
    message: str
    thread: str
    poll: str
    scheduled: str

    @property
    def names(self) -> list[str]:
        return [self.own, self.other, self.group, self.message, self.thread, self.poll, self.scheduled]


def new_scene(caller: SignedIn, other: str = OTHER) -> Scene:
    """A scene in a group that the caller owns."""
    return scene_in(new_group(caller, other), caller, other)


def new_group(owner: SignedIn, *others: str) -> str:
    users = [{"username": name} for name in others]
    group: str = owner.post("/group", {"groupName": "Tried", "users": users})["newGroup"]["groupId"]
    return group


def scene_in(group: str, caller: SignedIn, other: str = OTHER) -> Scene:
    """A scene in a group that the caller is in."""
    place = {"receiver": group, "group": True}
    message = caller.post("/messages", {**place, "content": "to be tried"})["response"]["messageId"]
    poll = caller.post("/polls", {**place, "question": "Which?", "options": ["this", "that"]})["message"]["messageId"]
    thread = caller.post(f"/message/{message}/thread", {})["thread"]["receiver"]
    scheduled = f"0b9f2f3c-8a50-4d4e-9d0a-{next(_numbers):012x}"
    due = {"clientId": scheduled, "dueAt": (now() + timedelta(days=1)).isoformat()}
    caller.post("/scheduled", {**place, "content": "later", **due})
    return Scene(caller.username, other, group, message, thread, poll, scheduled)


def end_scene(caller: SignedIn, scene: Scene) -> None:
    """Deletes the scheduled message, if it is still there: a person may have a hundred."""
    caller.http.delete(f"{caller.server.http}/scheduled/{scene.scheduled}", timeout=HANG_SECONDS)
