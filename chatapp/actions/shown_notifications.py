"""Up to where the members of a conversation were notified, and to whom a notification may still be shown."""

from collections.abc import Collection

from sqlalchemy import delete, select

from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Conversation, Membership, PushPosition, ShownNotification


def note_shown(journal: Journal, conversation_id: int, user_ids: Collection[int]) -> None:
    """These users were sent a notification of the conversation. Waits for the commit: their next reading must find it.

    Costs no write for users who have not read the conversation since the last one.
    """
    of_these = (ShownNotification.conversation_id == conversation_id) & ShownNotification.user_id.in_(user_ids)
    known = select(ShownNotification.user_id).where(of_these)
    new = set(user_ids) - set(db.session.scalars(known))
    if not new:
        return

    def write(transaction: Transaction) -> None:
        missing = new - set(transaction.session.scalars(known))
        transaction.session.add_all(ShownNotification(user_id=one, conversation_id=conversation_id) for one in missing)

    journal.write(write, durable=False)


def read_meanwhile(conversation_id: int) -> dict[int, int]:
    """The users to whom a notification of the conversation is shown that they have read to its end, each with the
    sequence of that."""
    query = (
        select(ShownNotification.user_id, Membership.read_sequence)
        .join(Conversation, Conversation.id == ShownNotification.conversation_id)
        .join(
            Membership,
            (Membership.conversation_id == ShownNotification.conversation_id)
            & (Membership.user_id == ShownNotification.user_id),
        )
        .where(
            ShownNotification.conversation_id == conversation_id,
            Membership.read_sequence >= Conversation.last_sequence,
        )
    )
    return {row.user_id: row.read_sequence for row in db.session.execute(query)}


def forget_shown(journal: Journal, conversation_id: int, user_ids: Collection[int]) -> None:
    """Nothing of the conversation is shown to these users any more."""
    of_these = (ShownNotification.conversation_id == conversation_id) & ShownNotification.user_id.in_(user_ids)
    query = delete(ShownNotification).where(of_these)
    journal.write(lambda transaction: transaction.session.execute(query) and None, durable=False)


def notified_up_to(conversation_id: int) -> int:
    """The last message of which the members of a conversation were notified; 0 if they never were."""
    query = select(PushPosition.sequence).where(PushPosition.conversation_id == conversation_id)
    return db.session.scalar(query) or 0


def note_notified(journal: Journal, conversation_id: int, sequence: int) -> None:
    """The members were notified up to this message."""

    def write(transaction: Transaction) -> None:
        known = transaction.session.get(PushPosition, conversation_id)
        if known is None:
            transaction.session.add(PushPosition(conversation_id=conversation_id, sequence=sequence))
        else:
            known.sequence = max(known.sequence, sequence)

    journal.write(write, durable=False)
