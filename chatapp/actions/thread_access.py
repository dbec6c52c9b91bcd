"""Who may read a thread: whoever may see its root message."""

from typing import Any

from sqlalchemy import bindparam, select

from chatapp.actions.lookup import FoundConversation, find_conversation, hidden_up_to
from chatapp.actions.sessions import Caller
from chatapp.errors import NotAMember
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS
from chatapp.prepared_statements import row_or_none

_PARENT = CONVERSATIONS.alias()
THREAD_OF_CALLER = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.parent_id,
        CONVERSATIONS.c.root_sequence,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.erased_sequence.label("own_erased_sequence"),
        _PARENT.c.shares_history,
        _PARENT.c.erased_sequence,
        _PARENT.c.writers,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.role,
    )
    .join(_PARENT, _PARENT.c.id == CONVERSATIONS.c.parent_id)
    .join(
        MEMBERSHIPS, (MEMBERSHIPS.c.conversation_id == _PARENT.c.id) & (MEMBERSHIPS.c.user_id == bindparam("user_id"))
    )
    .where(CONVERSATIONS.c.id == bindparam("thread_id"), CONVERSATIONS.c.kind == GROUP)
)


def find_readable(caller: Caller, receiver: str, *, is_group: bool) -> FoundConversation:
    """As `find_conversation`, and also a thread that the caller may see and does not follow."""
    try:
        return find_conversation(caller, receiver, is_group=is_group)
    except NotAMember:
        row = row_or_none(THREAD_OF_CALLER, thread_id=parse_conversation_id(receiver), user_id=caller.user_id)
        if row is None or not sees_root(row):
            raise
        return FoundConversation(row.id, None, row.last_sequence, row.own_erased_sequence)


def sees_root(row: Any) -> bool:
    """Whether the caller sees the root message. `row` is a row of THREAD_OF_CALLER."""
    return bool(row.root_sequence > hidden_up_to(row))
