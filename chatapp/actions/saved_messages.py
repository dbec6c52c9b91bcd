"""Messages that a user has saved for themselves: save, remove, and list those that the user may still see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from chatapp.actions.message_lock import find_message
from chatapp.actions.message_states import Reader
from chatapp.actions.messages import COLUMNS, LowestWatermarks, lowest_watermarks, to_messages
from chatapp.actions.sessions import Caller
from chatapp.errors import LimitReached, MessageDeleted, NotFound
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.journal.revisions import take_own_revision
from chatapp.models import SavedMessage
from chatapp.models.conversation import other_of, parse_message_id
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES, SAVED_MESSAGES
from chatapp.personal_payloads import SavedQuery
from chatapp.prepared_statements import tuples

MOST_SAVED = 1_000
"""Saved messages of one user, counting those that the user may see."""

_VISIBLE = (
    (SAVED_MESSAGES.c.user_id == bindparam("user_id"))
    & SAVED_MESSAGES.c.is_removed.is_(False)
    & MESSAGES.c.deleted_at.is_(None)
    & (CONVERSATIONS.c.shares_history | (MESSAGES.c.sequence > MEMBERSHIPS.c.joined_sequence))
)
_SAVED = (
    SAVED_MESSAGES.join(
        MESSAGES,
        (MESSAGES.c.conversation_id == SAVED_MESSAGES.c.conversation_id)
        & (MESSAGES.c.sequence == SAVED_MESSAGES.c.sequence),
    )
    .join(CONVERSATIONS, CONVERSATIONS.c.id == SAVED_MESSAGES.c.conversation_id)
    .join(
        MEMBERSHIPS,
        (MEMBERSHIPS.c.conversation_id == SAVED_MESSAGES.c.conversation_id)
        & (MEMBERSHIPS.c.user_id == SAVED_MESSAGES.c.user_id),
    )
)
COUNT = select(func.count()).select_from(_SAVED).where(_VISIBLE)
PAGE = (
    select(
        *COLUMNS,
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        CONVERSATIONS.c.shares_history,
        MEMBERSHIPS.c.joined_sequence,
        SAVED_MESSAGES.c.user_revision,
    )
    .select_from(_SAVED)
    .where(_VISIBLE, SAVED_MESSAGES.c.user_revision < bindparam("before"))
    .order_by(SAVED_MESSAGES.c.user_revision.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether the user has saved a message. `user_revision` is 0 if it never was."""

    message_id: str
    is_saved: bool
    user_revision: int = 0


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A saved message, its conversation as named on the wire, and the user's revision that saved it."""

    receiver: str
    is_group: bool
    message: StoredMessage
    lowest: LowestWatermarks
    user_revision: int


def save_message(journal: Journal, caller: Caller, message_id: str, *, is_on: bool) -> Saved:
    """Saves a message for the caller, or removes it from the saved ones. A call that changes nothing takes no revision.

    Raises NotFound for a message that the caller may not see, MessageDeleted, and LimitReached if MOST_SAVED are saved.
    What was saved can be removed whether the message is still there or not.
    """
    place = parse_message_id(message_id)
    if place is None:
        raise NotFound("There is no such message.", messageId=message_id)
    if is_on and find_message(caller, message_id).message.deleted_at is not None:
        raise MessageDeleted("The message was deleted.", messageId=message_id)
    key = (caller.user_id, *place)

    def write(transaction: Transaction) -> Saved:
        row = transaction.session.get(SavedMessage, key)
        if is_on == (row is not None and not row.is_removed):
            return Saved(message_id, is_on, 0 if row is None else row.user_revision)
        revision = take_own_revision(transaction, caller.user_id)
        # Read again under the lock of the user's row: another device may have stored the row meanwhile.
        row = transaction.session.get(SavedMessage, key, populate_existing=True)
        if is_on and (row is None or row.is_removed):
            _require_room(transaction.session, caller.user_id)
        if row is None:
            row = SavedMessage(user_id=key[0], conversation_id=key[1], sequence=key[2])
            transaction.session.add(row)
        row.is_removed, row.user_revision = not is_on, revision
        return Saved(message_id, is_on, revision)

    return journal.write(write)


def saved_messages(journal: Journal, caller: Caller, query: SavedQuery) -> Sequence[ListedMessage]:
    """A page of the caller's saved messages, the last saved first, without those that were deleted or that the caller
    may not see any more."""
    journal.flush_watermarks_for_read()
    rows = tuples(PAGE, user_id=caller.user_id, before=query.before, limit=query.limit)
    return [_listed(caller, row) for row in rows]


def _listed(caller: Caller, row: Sequence[Any]) -> ListedMessage:
    conversation_id, key, shares_history, joined_sequence, user_revision = row[len(COLUMNS) :]
    hidden = 0 if shares_history else joined_sequence
    (message,) = to_messages([row[: len(COLUMNS)]], conversation_id, key, Reader(caller.user_id, hidden))
    receiver = str(conversation_id) if key is None else other_of(key, caller.username)
    return ListedMessage(receiver, key is None, message, lowest_watermarks(conversation_id), user_revision)


def _require_room(session: Session, user_id: int) -> None:
    if session.execute(COUNT, {"user_id": user_id}).scalar_one() >= MOST_SAVED:
        raise LimitReached(f"You can save {MOST_SAVED} messages.", limit=MOST_SAVED)
