"""A valid payload of every socket event, made for a scene. A test fails for an event without one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chatapp.clock import now
from tests.security.scene import Scene

Payload = Callable[[Scene], dict[str, Any]]
NEW_ID = "1d9f2f3c-8a50-4d4e-9d0a-000000000001"


def _of_group(**fields: Any) -> Payload:
    return lambda scene: {"receiver": scene.group, "group": True, **fields}


def _of_message(**fields: Any) -> Payload:
    return lambda scene: {"messageId": scene.message, **fields}


def _of_poll(**fields: Any) -> Payload:
    return lambda scene: {"messageId": scene.poll, **fields}


def _in_group(**fields: Any) -> Payload:
    return lambda scene: {"groupId": scene.group, **fields}


def _later() -> str:
    return (now() + timedelta(days=2)).isoformat()


FORBIDDEN: dict[str, Payload] = {
    "groupMessage": lambda scene: {"sender": scene.own, "receiver": scene.group, "content": "let me in"},
    "editMessage": _of_message(content="other words"),
    "deleteMessage": _of_message(),
    "messageVersions": _of_message(),
    "react": _of_message(emoji="👍"),
    "reactors": _of_message(),
    "pinMessage": _of_message(),
    "forwardMessage": lambda scene: {"messageId": scene.message, "receiver": scene.other},
    "forwardOrigin": _of_message(),
    "saveMessage": _of_message(),
    "pinned": _of_group(),
    "openThread": _of_message(),
    "followThread": lambda scene: {"threadId": scene.thread, "on": True},
    "createPoll": _of_group(question="In?", options=["yes", "no"]),
    "vote": _of_poll(options=[0]),
    "closePoll": _of_poll(),
    "voters": _of_poll(),
    "markRead": _of_group(sequence=1),
    "changeGroup": _in_group(topic="Mine"),
    "deleteGroup": _in_group(),
    "addMembers": lambda scene: {"groupId": scene.group, "users": [{"username": scene.other}]},
    "setRole": lambda scene: {"groupId": scene.group, "username": scene.other, "role": "owner"},
    "removeMember": lambda scene: {"groupId": scene.group, "username": scene.other},
    "joinGroup": _in_group(),
    "setPreferences": _of_group(level="none"),
    "saveDraft": _of_group(content="unsent"),
    "look": _of_group(),
    "typing": _of_group(),
    "scheduleMessage": lambda scene: {
        **_of_group(content="later")(scene),
        "clientId": NEW_ID,
        "dueAt": _later(),
    },
    "changeScheduled": lambda scene: {"clientId": scene.scheduled, "content": "changed"},
    "deleteScheduled": lambda scene: {"clientId": scene.scheduled},
    "sendScheduled": lambda scene: {"clientId": scene.scheduled},
}
"""About a conversation, a message or a person's list: refused to everybody else."""

OWN: dict[str, Payload] = {
    "privateMessage": lambda scene: {"sender": scene.own, "receiver": scene.other, "content": "hello"},
    "createGroup": lambda scene: {"groupName": "Made", "users": [{"username": scene.other}]},
    "savedMessages": lambda _scene: {},
    "scheduledMessages": lambda _scene: {},
    "sync": lambda scene: {"conversations": [{"receiver": scene.group, "group": True, "revision": 0}]},
    "search": lambda _scene: {"q": "tried"},
    "findGroups": lambda _scene: {"name": ""},
    "changeSettings": lambda _scene: {"sharesReads": True},
}
"""About the caller alone, or what everybody sees."""

VALID = {**FORBIDDEN, **OWN}
