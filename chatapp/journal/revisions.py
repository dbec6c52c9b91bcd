"""Takes the next revision of a conversation or a user, in the transaction that stores the change."""

from sqlalchemy import select, update

from chatapp.errors import NotSignedIn
from chatapp.journal.transaction import Transaction
from chatapp.models import Conversation, User
from chatapp.notices import ConversationChanged, MembershipsChanged, UserChanged

USERS_PER_NOTICE = 200
"""Keeps a notice within the payload of PostgreSQL's NOTIFY, which is shorter than 8,000 bytes."""


def take_revision(
    transaction: Transaction, conversation_id: int, usernames: tuple[str, ...] = (), *, can_wait: bool = False
) -> int:
    """Takes the conversation's next revision for a change that is not a message, and adds the notice about it.

    The conversation's row stays locked until the commit, so that no message takes the same revision. The caller stores
    the revision in each row that it changes. `usernames` holds both users of a direct conversation. `can_wait`: the
    change may be sent together with others that follow soon.
    """
    statement = (
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(revision=Conversation.revision + 1, state_revision=Conversation.revision + 1)
        .returning(Conversation.revision, Conversation.last_sequence)
    )
    revision, last_sequence = transaction.session.execute(statement).one()
    notice = ConversationChanged(conversation_id, revision, revision, last_sequence, usernames, can_wait)
    transaction.notices.append(notice)
    return revision


def take_user_revisions(transaction: Transaction, user_ids: set[int]) -> dict[int, int]:
    """Takes the next revision of each user, for a change that concerns these users alone. Returns them by user id."""
    statement = (
        update(User).where(User.id.in_(user_ids)).values(revision=User.revision + 1).returning(User.id, User.revision)
    )
    return {row.id: row.revision for row in transaction.session.execute(statement)}


def take_own_revision(transaction: Transaction, user_id: int, *, are_settings: bool = False) -> int:
    """Takes a user's next revision for a change that only the user's own devices hear of, and adds the notice about it.

    Raises NotSignedIn for a user who was removed. The user's row stays locked until the commit. The caller stores the
    revision in each row that it changes.
    """
    revision = take_user_revisions(transaction, {user_id})[user_id]
    if transaction.session.scalar(select(User.removed_at).where(User.id == user_id)) is not None:
        # The request was under way when the account was removed.
        raise NotSignedIn("Your session has ended. Please sign in again.")
    transaction.notices.append(UserChanged(user_id, revision, are_settings))
    return revision


def announce_memberships(transaction: Transaction, conversation_id: int, user_ids: set[int]) -> None:
    """Adds the notices that these users joined or left a conversation."""
    ordered = sorted(user_ids)
    for start in range(0, len(ordered), USERS_PER_NOTICE):
        chunk = tuple(ordered[start : start + USERS_PER_NOTICE])
        transaction.notices.append(MembershipsChanged(conversation_id, chunk))
