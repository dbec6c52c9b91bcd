"""Pins messages to a conversation, and lists the pinned ones."""

from sqlalchemy import bindparam, func, select

from chatapp.actions.lookup import find_conversation
from chatapp.actions.message_lock import FoundMessage, find_message, lock_message
from chatapp.actions.message_states import Reader
from chatapp.actions.messages import COLUMNS, Page, message_of, page_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import Forbidden, LimitReached
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.models import Message
from chatapp.models.membership import ROLES_OF
from chatapp.models.tables import MESSAGES
from chatapp.prepared_statements import tuples

MOST_PINS = 100
"""Pinned messages of one conversation."""

PINNED = (
    select(*COLUMNS)
    .where(
        MESSAGES.c.conversation_id == bindparam("conversation_id"),
        MESSAGES.c.pinned_at.is_not(None),
        MESSAGES.c.sequence > bindparam("after"),
    )
    .order_by(MESSAGES.c.sequence)
)


def pin(journal: Journal, caller: Caller, message_id: str, *, is_on: bool) -> StoredMessage:
    """Pins a message, or unpins it. Both users of a direct conversation may; in a group the setting `pinners` says who.

    Returns the message. Raises NotFound, MessageDeleted, Forbidden, and LimitReached if MOST_PINS are pinned.
    """

    def write(transaction: Transaction) -> None:
        found = lock_message(transaction, caller, message_id)
        message = found.message
        _require_may_pin(found)
        if is_on == (message.pinned_at is not None):
            return
        if is_on:
            _require_room(transaction, message)
        message.pinned_at = now() if is_on else None
        message.pinned_by_id = caller.user_id if is_on else None
        found.change(transaction)

    journal.write(write)
    return message_of(caller, find_message(caller, message_id))


def pinned_messages(caller: Caller, receiver: str, *, is_group: bool) -> Page | None:
    """The pinned messages of a conversation that the caller may see, in the order of their sequence. Raises NotFound,
    and NotAMember."""
    conversation = find_conversation(caller, receiver, is_group=is_group)
    if conversation.conversation_id is None:
        return None
    rows = tuples(PINNED, conversation_id=conversation.conversation_id, after=conversation.hidden_up_to)
    reader = Reader(caller.user_id, conversation.hidden_up_to)
    return page_of(conversation.conversation_id, conversation.direct_key, rows, reader)


def _require_may_pin(found: FoundMessage) -> None:
    if found.direct_key is None and found.role not in ROLES_OF[found.pinners]:
        raise Forbidden("Only owners and admins may pin messages in this group.", role=found.role)


def _require_room(transaction: Transaction, message: Message) -> None:
    pinned = select(func.count()).where(
        Message.conversation_id == message.conversation_id, Message.pinned_at.is_not(None)
    )
    if transaction.session.execute(pinned).scalar_one() >= MOST_PINS:
        raise LimitReached(f"A conversation can have {MOST_PINS} pinned messages.", limit=MOST_PINS)
