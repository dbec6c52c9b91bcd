"""Finds a conversation by its receiver on the wire: the other user's username, or the group's id."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import usernames_of
from chatapp.errors import NotAMember, NotFound
from chatapp.models.conversation import GROUP, direct_key, parse_conversation_id
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS
from chatapp.models.user import SEE_FEW
from chatapp.prepared_statements import row_or_none, rows
from chatapp.visibility import USER_BY_NAME, USER_SEEN_BY_GUEST

GROUP_OF_CALLER = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.shares_history,
        CONVERSATIONS.c.erased_sequence,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.joined_sequence,
    )
    .outerjoin(
        MEMBERSHIPS,
        (MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id) & (MEMBERSHIPS.c.user_id == bindparam("user_id")),
    )
    .where(CONVERSATIONS.c.id == bindparam("conversation_id"), CONVERSATIONS.c.kind == GROUP)
)
DIRECT_BY_KEY = select(CONVERSATIONS.c.id, CONVERSATIONS.c.last_sequence, CONVERSATIONS.c.erased_sequence).where(
    CONVERSATIONS.c.direct_key == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation of the caller's. `conversation_id` is None for two users who have no messages yet. The caller sees
    the messages after the sequence `hidden_up_to`."""

    conversation_id: int | None
    direct_key: str | None
    last_sequence: int = 0
    hidden_up_to: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a preference is about: a group of the caller's, or another user, by id. `last_sequence` is that of the last
    message in the conversation."""

    is_group: bool
    target_id: int
    last_sequence: int


def hidden_up_to(row: Any) -> int:
    """The last sequence that a member does not see: the last one before they joined, unless the history is shared, or
    the last one that is erased. The row has `shares_history`, `joined_sequence` and `erased_sequence`."""
    erased: int = row.erased_sequence
    return erased if row.shares_history else max(erased, row.joined_sequence)


def read_up_to(read_sequence: int, unread_from: int | None, hidden: int) -> int:
    """The last message that does not count as unread for a member. From the one on that is marked as unread, all do.
    `hidden` is the last sequence that the member does not see."""
    read = read_sequence if unread_from is None else min(read_sequence, unread_from - 1)
    return read if read > hidden else hidden


def find_conversation(caller: Caller, receiver: str, *, is_group: bool) -> FoundConversation:
    """Raises NotFound for an unknown user or group, NotAMember for a group that the caller is not in."""
    return find_group(caller, receiver) if is_group else _find_direct(caller, receiver)


def find_target(caller: Caller, receiver: str, *, is_group: bool) -> Target:
    """Raises as `find_conversation` does."""
    found = find_conversation(caller, receiver, is_group=is_group)
    if is_group and found.conversation_id is not None:
        return Target(True, found.conversation_id, found.last_sequence)
    (row,) = rows(USER_BY_NAME, username=receiver)
    return Target(False, row.id, found.last_sequence)


def find_user(caller: Caller, username: str) -> int | None:
    """The id of a user whom the caller sees; None for others as for a name that nobody has."""
    if caller.role in SEE_FEW:
        row = row_or_none(USER_SEEN_BY_GUEST, username=username, guest_id=caller.user_id)
    else:
        row = row_or_none(USER_BY_NAME, username=username)
    return None if row is None else int(row.id)


def find_group(caller: Caller, group_id: str) -> FoundConversation:
    """A group by its id, looked up through the caller's membership."""
    conversation_id = parse_conversation_id(group_id)
    row = (
        row_or_none(GROUP_OF_CALLER, conversation_id=conversation_id, user_id=caller.user_id)
        if conversation_id is not None
        else None
    )
    if row is None:
        raise NotFound("There is no such group.", receiver=group_id)
    if row.user_id is None:
        raise NotAMember("You are not a member of this group.", receiver=group_id)
    return FoundConversation(row.id, None, row.last_sequence, hidden_up_to(row))


def _find_direct(caller: Caller, username: str) -> FoundConversation:
    key = direct_key(caller.username, username)
    row = row_or_none(DIRECT_BY_KEY, key=key)
    if row is not None:
        return FoundConversation(row.id, key, row.last_sequence, row.erased_sequence)
    user_id = find_user(caller, username)
    if user_id is None:
        raise NotFound("There is no such user.", receiver=username)
    present = usernames_of({user_id, caller.user_id})
    renamed = direct_key(present[caller.user_id], present[user_id])
    row = row_or_none(DIRECT_BY_KEY, key=renamed) if renamed != key else None
    if row is None:
        return FoundConversation(None, renamed)
    return FoundConversation(row.id, renamed, row.last_sequence, row.erased_sequence)
