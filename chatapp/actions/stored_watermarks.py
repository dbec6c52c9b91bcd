"""Reads delivered and read watermarks from the database, and checks `markRead`."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from chatapp.actions.lookup import find_conversation
from chatapp.actions.sessions import Caller
from chatapp.errors import InvalidInput
from chatapp.models.conversation import GROUP
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, USERS
from chatapp.payloads import MarkRead
from chatapp.prepared_statements import row_or_none, rows

OWN_MEMBERSHIPS = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        MEMBERSHIPS.c.delivered_sequence,
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .where(MEMBERSHIPS.c.user_id == bindparam("user_id"))
)
CONVERSATION = select(CONVERSATIONS.c.kind, CONVERSATIONS.c.last_sequence).where(
    CONVERSATIONS.c.id == bindparam("conversation_id")
)
MEMBERS = (
    select(USERS.c.id, USERS.c.username, MEMBERSHIPS.c.delivered_sequence, MEMBERSHIPS.c.read_sequence)
    .join(MEMBERSHIPS, MEMBERSHIPS.c.user_id == USERS.c.id)
    .where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))
)


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """A user's conversation with its counters, and the user's delivered watermark. `direct_key` is None for a group."""

    conversation_id: int
    direct_key: str | None
    last_sequence: int
    revision: int
    delivered: int

    @property
    def is_group(self) -> bool:
        return self.direct_key is None


@dataclass(frozen=True, slots=True)
class Member:
    """A member with their delivered and read watermarks."""

    user_id: int
    username: str
    delivered: int
    read: int


def memberships_of(user_id: int) -> list[OwnMembership]:
    """All conversations of a user, for the rooms to enter on connecting and the undelivered messages."""
    return [
        OwnMembership(row.id, row.direct_key, row.last_sequence, row.revision, row.delivered_sequence)
        for row in rows(OWN_MEMBERSHIPS, user_id=user_id)
    ]


def members_with_watermarks(conversation_id: int) -> tuple[bool, int, list[Member]]:
    """Whether the conversation is a group, its last sequence, and all its members."""
    conversation = row_or_none(CONVERSATION, conversation_id=conversation_id)
    if conversation is None:
        return False, 0, []
    members = [
        Member(row.id, row.username, row.delivered_sequence, row.read_sequence)
        for row in rows(MEMBERS, conversation_id=conversation_id)
    ]
    return conversation.kind == GROUP, conversation.last_sequence, members


def readable_sequence(caller: Caller, mark: MarkRead) -> tuple[int, int]:
    """The conversation's id, and the sequence to mark as read, limited to the last message. Raises InvalidInput if the
    conversation has no messages."""
    found = find_conversation(caller, mark.receiver, is_group=mark.group)
    if found.conversation_id is None:
        raise InvalidInput("There is nothing to read here yet.", fields={"receiver": "has no messages"})
    return found.conversation_id, min(mark.sequence, found.last_sequence)
