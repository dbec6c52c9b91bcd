"""The next number of a change, taken in the transaction that stores the change."""

from sqlalchemy import update

from chatapp.journal.transaction import Transaction
from chatapp.models import Conversation, User
from chatapp.notices import ConversationChanged, MembershipsChanged

USERS_A_NOTICE = 200
"""PostgreSQL's NOTIFY carries less than 8,000 bytes."""


def take_revision(transaction: Transaction, conversation_id: int) -> int:
    """The conversation's next revision, for a change that is no message; it is announced after the commit.

    Locks the conversation's row until then, so that no message takes the same number. The rows that the change touches
    have to carry the revision.
    """
    statement = (
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(revision=Conversation.revision + 1, state_revision=Conversation.revision + 1)
        .returning(Conversation.revision, Conversation.last_sequence)
    )
    revision, last_sequence = transaction.session.execute(statement).one()
    transaction.notices.append(ConversationChanged(conversation_id, revision, revision, last_sequence))
    return revision


def take_user_revisions(transaction: Transaction, user_ids: set[int]) -> dict[int, int]:
    """The next revision of each user, for a change that concerns these users alone."""
    statement = (
        update(User).where(User.id.in_(user_ids)).values(revision=User.revision + 1).returning(User.id, User.revision)
    )
    return {row.id: row.revision for row in transaction.session.execute(statement)}


def announce_memberships(transaction: Transaction, conversation_id: int, user_ids: set[int]) -> None:
    """Tells all processes after the commit that these users joined or left."""
    found = sorted(user_ids)
    for start in range(0, len(found), USERS_A_NOTICE):
        some = tuple(found[start : start + USERS_A_NOTICE])
        transaction.notices.append(MembershipsChanged(conversation_id, some))
