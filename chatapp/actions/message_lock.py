"""Finds a message by its id on the wire, through the caller's membership, and locks it for a change."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.sessions import Caller
from chatapp.errors import NO_EXCHANGE, Blocked, MessageDeleted, NotFound
from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership, Message
from chatapp.models.conversation import parse_message_id


@dataclass(slots=True)
class FoundMessage:
    """A message that the caller may see, its conversation's direct key (None for a group), the last sequence that is
    hidden from the caller, the caller's role, who may pin messages in the group, and whether one of two people blocks
    the other."""

    message: Message
    direct_key: str | None
    hidden_up_to: int
    role: str
    pinners: str
    is_blocked: bool

    @property
    def usernames(self) -> tuple[str, ...]:
        """Both users of a direct conversation; nobody for a group."""
        return tuple(self.direct_key.split(" ")) if self.direct_key else ()

    def require_not_deleted(self) -> None:
        """Raises MessageDeleted for a deleted message."""
        if self.message.deleted_at is not None:
            message_id = f"{self.message.conversation_id}-{self.message.sequence}"
            raise MessageDeleted("The message was deleted.", messageId=message_id)

    def change(self, transaction: Transaction, *, can_wait: bool = False) -> int:
        """Takes the revision of a change of the message."""
        message = self.message
        message.changed_revision = take_revision(
            transaction, message.conversation_id, self.usernames, can_wait=can_wait
        )
        return message.changed_revision


def find_message(caller: Caller, message_id: str) -> FoundMessage:
    """Raises NotFound for a message that does not exist or that the caller may not see."""
    return _find(db.session, caller, *_parse(message_id))


def lock_message(
    transaction: Transaction,
    caller: Caller,
    message_id: str,
    *,
    is_deleted_found: bool = False,
    is_blocked_found: bool = False,
) -> FoundMessage:
    """As `find_message`, with the conversation locked, so that changes of its messages are stored one after the other.
    Raises MessageDeleted for a deleted message, unless `is_deleted_found`, and Blocked for one in a conversation of two
    people of whom one blocks the other, unless `is_blocked_found`."""
    conversation_id, sequence = _parse(message_id)
    lock = select(Conversation.id).where(Conversation.id == conversation_id)
    transaction.session.execute(lock.with_for_update(key_share=True))
    found = _find(transaction.session, caller, conversation_id, sequence)
    if found.is_blocked and not is_blocked_found:
        raise Blocked(NO_EXCHANGE)
    if not is_deleted_found:
        found.require_not_deleted()
    return found


def _parse(message_id: str) -> tuple[int, int]:
    """`<conversation id>-<sequence>`. Raises NotFound for any other text."""
    place = parse_message_id(message_id)
    if place is None:
        raise _not_found(message_id)
    return place


def _find(session: Session | scoped_session[Any], caller: Caller, conversation_id: int, sequence: int) -> FoundMessage:
    query = (
        select(
            Message,
            Conversation.direct_key,
            Conversation.shares_history,
            Conversation.erased_sequence,
            Conversation.pinners,
            Conversation.is_blocked,
            Membership.role,
            Membership.joined_sequence,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(
            Membership, (Membership.conversation_id == Message.conversation_id) & (Membership.user_id == caller.user_id)
        )
        .where(Message.conversation_id == conversation_id, Message.sequence == sequence)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise _not_found(f"{conversation_id}-{sequence}")
    hidden = hidden_up_to(row)
    if sequence <= hidden:
        raise _not_found(f"{conversation_id}-{sequence}")
    return FoundMessage(row.Message, row.direct_key, hidden, row.role, row.pinners, row.is_blocked)


def _not_found(message_id: str) -> NotFound:
    return NotFound("There is no such message.", messageId=message_id)
