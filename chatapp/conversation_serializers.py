"""Serializers of conversations as their members see them, and of a sync. See `chatapp.serializers`."""

from typing import cast

from chatapp.actions.group_details import OF_DIRECT
from chatapp.actions.overview import NO_PREFERENCES, GroupPart, Overview
from chatapp.actions.sync import ConversationSync, Sync
from chatapp.clock import microseconds_to_iso
from chatapp.group_serializers import details
from chatapp.models.membership import MEMBER
from chatapp.people_serializers import renamed_earlier
from chatapp.personal_serializers import personal_change, preferences
from chatapp.serializers import add_state, change, plain_message
from chatapp.shapes import ChangeShape, ConversationShape, ConversationSyncShape, MemberShape, MessageShape, SyncShape
from chatapp.thread_serializers import root

_BLANK: ConversationShape = {
    "receiver": "",
    "group": False,
    "name": "",
    "lastMessage": None,
    "lastSequence": 0,
    "readSequence": 0,
    "unread": 0,
    "unreadMentions": [],
    "members": [],
    "revision": 0,
    "createdAt": "",
    **details(OF_DIRECT),
    "role": MEMBER,
    "preferences": preferences(NO_PREFERENCES),
    "threadOf": None,
}
"""What holds for a direct conversation, and room for the rest."""


def conversation(overview: Overview) -> ConversationShape:
    """A copy of _BLANK, filled in: building a dictionary of so many keys takes four times as long."""
    shape = _BLANK.copy()
    shape["receiver"] = shape["name"] = overview.receiver
    shape["lastMessage"] = _last_message(overview)
    shape["lastSequence"] = overview.last_sequence
    shape["readSequence"] = overview.read_sequence
    shape["unread"] = overview.unread
    shape["unreadMentions"] = overview.unread_mentions
    shape["members"] = _members(overview)
    shape["revision"] = overview.revision
    shape["createdAt"] = microseconds_to_iso(overview.created_at)
    shape["erasedSequence"] = overview.erased_sequence
    shape["preferences"] = preferences(overview.preferences)
    if overview.part is not None:
        _add_part(shape, overview, overview.part)
    return shape


def _add_part(shape: ConversationShape, overview: Overview, part: GroupPart) -> None:
    """Adds what only groups have."""
    shape["group"] = True
    shape["name"] = part.row.name or overview.receiver
    shape["role"] = part.row.role
    shape["threadOf"] = root(overview)
    shape.update(cast("ConversationShape", details(part.row)))


def _last_message(overview: Overview) -> MessageShape | None:
    between = overview.last_between
    if between is None:
        return None
    sender, receiver = between
    shape = plain_message(
        sender,
        receiver,
        overview.content,
        overview.sent_at,
        overview.is_last_delivered,
        overview.conversation_id,
        overview.last_sequence,
        overview.client_id,
        overview.message_revision,
    )
    if (state := overview.state_of_last) is not None:
        add_state(shape, state, shape["messageId"])
    return shape


def _members(overview: Overview) -> list[MemberShape]:
    """Ordered by username; empty for a large group."""
    if overview.is_group:
        return [_member(one.username, one.delivered, one.read, one.role) for one in overview.group_members or ()]
    own = _member(overview.username, overview.delivered_sequence, overview.read_sequence, MEMBER)
    if overview.other_id is None:
        return [own]
    other = _member(overview.receiver, overview.other_delivered, overview.other_read_shown, MEMBER)
    return [own, other] if overview.username <= overview.receiver else [other, own]


def _member(username: str, delivered: int, read: int | None, role: str) -> MemberShape:
    return {"username": username, "deliveredSequence": delivered, "readSequence": read, "role": role}


def joined(overview: Overview) -> ChangeShape:
    """The user's own change for a conversation that they joined."""
    return {
        "receiver": overview.receiver,
        "group": overview.is_group,
        "kind": "conversation",
        "userRevision": overview.user_revision,
        "conversation": conversation(overview),
    }


def left(group_id: int, user_revision: int) -> ChangeShape:
    """The user's own change for a group that they left."""
    return {
        "receiver": str(group_id),
        "group": True,
        "kind": "conversation",
        "userRevision": user_revision,
        "conversation": None,
    }


def sync(result: Sync) -> SyncShape:
    return {
        "userRevision": result.user_revision,
        "more": result.has_more,
        "conversations": [_conversation_sync(synced) for synced in result.conversations],
        "gone": [{"receiver": receiver, "group": is_group} for receiver, is_group in result.gone],
        "changes": [personal_change(change) for change in result.personal],
        "names": result.names,
        "renamed": [renamed_earlier(one) for one in result.renamed],
        "retentionDays": result.retention_days,
    }


def _conversation_sync(result: ConversationSync) -> ConversationSyncShape:
    overview = result.overview
    return {
        "receiver": overview.receiver,
        "group": overview.is_group,
        "revision": result.revision,
        "startOver": result.is_whole,
        "conversation": conversation(overview) if result.is_whole else None,
        "changes": _changes(result),
        "readSequence": overview.read_sequence,
        "members": _members(overview),
    }


def _changes(result: ConversationSync) -> list[ChangeShape]:
    if not result.changes:
        return []
    overview, lowest = result.overview, result.overview.lowest
    return [change(one, overview.receiver, is_group=overview.is_group, lowest=lowest) for one in result.changes]
