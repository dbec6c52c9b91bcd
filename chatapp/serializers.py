"""What goes out: rows to wire shapes, one function a noun. Names are the contract's, in camelCase."""

from typing import Any

from typing_extensions import TypedDict

from chatapp.actions.conversations import Group, Overview
from chatapp.actions.messages import Page
from chatapp.actions.people import Person
from chatapp.clock import microseconds_to_iso, to_iso
from chatapp.journal import StoredMessage
from chatapp.models.conversation import other_of


class UserShape(TypedDict):
    firstName: str
    lastName: str
    username: str
    isOnline: bool


class MessageShape(TypedDict):
    sender: str
    receiver: str
    content: str
    timestamp: str
    deliveredToAll: bool
    messageId: str
    sequence: int
    clientId: str | None


class GroupShape(TypedDict):
    groupName: str
    groupId: str
    users: list[UserShape]
    messages: list[MessageShape]
    createdAt: str


class MemberShape(TypedDict):
    username: str
    deliveredSequence: int
    readSequence: int


class ConversationShape(TypedDict):
    receiver: str
    group: bool
    name: str
    lastMessage: MessageShape | None
    lastSequence: int
    readSequence: int
    unread: int
    members: list[MemberShape]


class UsersShape(TypedDict):
    users: list[UserShape]


class EverythingShape(TypedDict):
    users: list[UserShape]
    groups: list[GroupShape]


class NewGroupShape(TypedDict):
    newGroup: GroupShape


class ConversationsShape(TypedDict):
    conversations: list[ConversationShape]


class SentenceShape(TypedDict):
    response: str


class SignedInShape(TypedDict):
    username: str


class MessageAckShape(TypedDict):
    success: bool
    response: MessageShape


class ErrorShape(TypedDict):
    code: str
    message: str
    details: dict[str, Any]


class FailureShape(TypedDict):
    success: bool
    response: str
    error: ErrorShape


def user(person: Person) -> UserShape:
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "username": person.username,
        "isOnline": person.is_online,
    }


def message(stored: StoredMessage, *, delivered: bool) -> MessageShape:
    return {
        "sender": stored.sender,
        "receiver": stored.receiver,
        "content": stored.content,
        "timestamp": microseconds_to_iso(stored.created_at),
        "deliveredToAll": delivered,
        "messageId": stored.message_id,
        "sequence": stored.sequence,
        "clientId": stored.client_id,
    }


def page(one: Page | None) -> list[MessageShape]:
    """As `message`, of many: straight from the rows, for a third of the time."""
    if one is None:
        return []
    key, lowest, names = one.direct_key, one.lowest, one.names
    group, prefix = str(one.conversation_id), f"{one.conversation_id}-"
    return [
        {
            "sender": (sender := names[sender_id]),
            "receiver": other_of(key, sender) if key else group,
            "content": content,
            "timestamp": microseconds_to_iso(created_at),
            "deliveredToAll": sequence <= (lowest.second if sender_id == lowest.holder else lowest.first),
            "messageId": prefix + str(sequence),
            "sequence": sequence,
            "clientId": client_id,
        }
        for sequence, sender_id, content, client_id, created_at in one.rows
    ]


def message_ack(stored: StoredMessage, *, delivered: bool) -> MessageAckShape:
    return {"success": True, "response": message(stored, delivered=delivered)}


def group(one: Group) -> GroupShape:
    return {
        "groupName": one.name,
        "groupId": str(one.conversation_id),
        "users": [user(person) for person in one.users],
        "messages": page(one.messages),
        "createdAt": to_iso(one.created_at),
    }


def conversation(one: Overview) -> ConversationShape:
    last = one.last_message
    return {
        "receiver": one.receiver,
        "group": one.is_group,
        "name": one.name,
        "lastMessage": message(last, delivered=one.lowest.is_delivered(last.sender_id, last.sequence))
        if last
        else None,
        "lastSequence": one.last_sequence,
        "readSequence": one.read_sequence,
        "unread": one.unread,
        "members": [
            {"username": member.username, "deliveredSequence": member.delivered, "readSequence": member.read}
            for member in one.members
        ],
    }
