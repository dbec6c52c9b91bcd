"""What goes out: rows to wire shapes, one function a noun. Names are the contract's, in camelCase."""

from chatapp.actions.change_log import Change, DetailsChange, MembersChange
from chatapp.actions.conversations import Overview
from chatapp.actions.groups import Group
from chatapp.actions.messages import Lowest, Page
from chatapp.actions.people import Person
from chatapp.actions.sync import ConversationSync, Sync
from chatapp.clock import microseconds_to_iso, to_iso
from chatapp.journal import StoredMessage
from chatapp.models.conversation import other_of
from chatapp.shapes import (
    ChangeShape,
    ConversationShape,
    ConversationSyncShape,
    GroupShape,
    MemberShape,
    MessageAckShape,
    MessageShape,
    RoleShape,
    SyncShape,
    UserShape,
)


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
        "revision": stored.revision,
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
            "revision": revision,
        }
        for sequence, sender_id, content, client_id, created_at, revision in one.rows
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
        "revision": one.revision,
        "sharesHistory": one.shares_history,
        "role": one.role,
        "members": [{"username": username, "role": role} for username, role in one.roles.items()],
    }


def conversation(one: Overview) -> ConversationShape:
    row, last = one.row, one.last_message
    receiver = one.receiver
    return {
        "receiver": receiver,
        "group": one.is_group,
        "name": row.name or receiver,
        "lastMessage": _seen(last, one.lowest) if last is not None else None,
        "lastSequence": row.last_sequence,
        "readSequence": row.read_sequence,
        "unread": one.unread,
        "members": _members(one),
        "revision": row.revision,
        "createdAt": microseconds_to_iso(row.created_at),
        "sharesHistory": bool(row.shares_history),
        "role": row.role,
    }


def change(one: Change, receiver: str, *, is_group: bool, lowest: Lowest) -> ChangeShape:
    """A change of a conversation, as `change` tells it and as a sync lists it."""
    match one:
        case MembersChange():
            members: list[RoleShape] = [{"username": each.username, "role": each.role} for each in one.members]
            return {
                "receiver": receiver,
                "group": is_group,
                "kind": "members",
                "revision": one.revision,
                "members": members,
            }
        case DetailsChange():
            return {
                "receiver": receiver,
                "group": is_group,
                "kind": "details",
                "revision": one.revision,
                "name": one.name,
                "sharesHistory": one.shares_history,
            }
    return {
        "receiver": receiver,
        "group": is_group,
        "kind": "message",
        "revision": one.revision,
        "message": _seen(one, lowest),
    }


def joined(one: Overview) -> ChangeShape:
    """A user's own change: they are in a conversation now."""
    return {
        "receiver": one.receiver,
        "group": one.is_group,
        "kind": "conversation",
        "userRevision": one.row.user_revision,
        "conversation": conversation(one),
    }


def left(group_id: int, user_revision: int) -> ChangeShape:
    """A user's own change: they are in a group no more."""
    return {
        "receiver": str(group_id),
        "group": True,
        "kind": "conversation",
        "userRevision": user_revision,
        "conversation": None,
    }


def sync(found: Sync) -> SyncShape:
    return {
        "userRevision": found.user_revision,
        "more": found.has_more,
        "conversations": [_conversation_sync(one) for one in found.conversations],
        "gone": [{"receiver": receiver, "group": is_group} for receiver, is_group in found.gone],
    }


def _conversation_sync(one: ConversationSync) -> ConversationSyncShape:
    overview = one.overview
    return {
        "receiver": overview.receiver,
        "group": overview.is_group,
        "revision": one.revision,
        "startOver": one.is_whole,
        "conversation": conversation(overview) if one.is_whole else None,
        "changes": [
            change(each, overview.receiver, is_group=overview.is_group, lowest=overview.lowest) for each in one.changes
        ],
        "readSequence": overview.row.read_sequence,
        "members": _members(overview),
    }


def _members(one: Overview) -> list[MemberShape]:
    return [
        {
            "username": member.username,
            "deliveredSequence": member.delivered,
            "readSequence": member.read,
            "role": member.role,
        }
        for member in one.members
    ]


def _seen(stored: StoredMessage, lowest: Lowest) -> MessageShape:
    return message(stored, delivered=lowest.is_delivered(stored.sender_id, stored.sequence))
