"""What follows the removal of a person, conversation by conversation, in small transactions.

Each step stores how far it has come. So any process goes on where another one was stopped, and two do nothing twice. A
job, whose key is the id of the user, does them one after the other.
"""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from chatapp.actions.group_members import delete_memberships, threads_in
from chatapp.actions.groups import mark_deleted
from chatapp.actions.message_changes import erase_message
from chatapp.actions.message_lock import FoundMessage
from chatapp.actions.message_rows import delete_rows
from chatapp.actions.personal_data import close_reports_about
from chatapp.actions.succession import pass_on
from chatapp.jobs.kind import Again, Kind, Services
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import (
    Conversation,
    FormerMembership,
    Membership,
    Message,
    Removal,
    User,
)
from chatapp.models.conversation import DELETED, DIRECT
from chatapp.models.membership import MEMBER

ERASED_AT_ONCE = 25
"""Messages that one transaction erases. Limits how long other writers wait."""

LOOKED_AT_ONCE = 2_000
"""Messages of a conversation that one transaction looks through for those of the person."""

PAUSE_SECONDS = 0.02
"""Time for others after each transaction."""


def continue_removal(journal: Journal, user_id: int) -> bool:
    """Does the next step, in one transaction. Returns whether there is more to do."""
    return journal.write(lambda transaction: _step(transaction, user_id), durable=False)


def _continue(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    while services.has_time():
        if not continue_removal(services.journal, int(services.job.key or 0)):
            return None
        time.sleep(PAUSE_SECONDS)
    return Again(0)


REMOVAL = Kind("removal", _continue, most_attempts=100)
"""Kept up for days: nobody else finishes a removal."""


def _step(transaction: Transaction, user_id: int) -> bool:
    session = transaction.session
    removal = session.scalar(select(Removal).where(Removal.user_id == user_id).with_for_update())
    if removal is None:
        return False
    following = _next_conversation(transaction, removal)
    if following is None:
        if removal.erases:
            close_reports_about(transaction, user_id)
        session.delete(removal)
        return False
    if following != removal.conversation_id:
        removal.conversation_id, removal.sequence = following, 0
    lock = select(Conversation).where(Conversation.id == following).with_for_update(key_share=True)
    conversation = session.scalars(lock.execution_options(populate_existing=True)).one()
    if conversation.kind == DELETED:
        is_done = not _delete_some(transaction, following)
    else:
        is_done = not (removal.erases and _erase_some(transaction, removal, conversation))
        # A conversation that is deleted now is emptied by the next steps.
        is_done = is_done and not _leave(transaction, conversation, user_id)
    if is_done:
        removal.conversation_id, removal.sequence = following + 1, 0
    return True


def _next_conversation(transaction: Transaction, removal: Removal) -> int | None:
    found = []
    for table in (Membership, FormerMembership):
        of_user = (table.user_id == removal.user_id) & (table.conversation_id >= removal.conversation_id)
        found.append(transaction.session.scalar(select(func.min(table.conversation_id)).where(of_user)))
    return min((one for one in found if one is not None), default=None)


def _erase_some(transaction: Transaction, removal: Removal, conversation: Conversation) -> bool:
    """Erases the next messages of the person, as the person. Returns whether there may be more."""
    until = min(removal.sequence + LOOKED_AT_ONCE, conversation.last_sequence)
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.sequence.between(removal.sequence + 1, until),
            Message.sender_id == removal.user_id,
            Message.deleted_at.is_(None),
        )
        .order_by(Message.sequence)
        .limit(ERASED_AT_ONCE)
    )
    messages = transaction.session.scalars(query).all()
    for message in messages:
        found = FoundMessage(message, conversation.direct_key, 0, MEMBER, conversation.pinners, is_blocked=False)
        erase_message(transaction, found, removal.user_id)
    removal.sequence = messages[-1].sequence if len(messages) == ERASED_AT_ONCE else until
    return removal.sequence < conversation.last_sequence


def _leave(transaction: Transaction, conversation: Conversation, user_id: int) -> bool:
    """Takes the person out of a group, and leaves the other one a private conversation. Returns whether nobody is left,
    so that it is deleted."""
    session = transaction.session
    others = (
        select(Membership.user_id)
        .join(User)
        .where(Membership.conversation_id == conversation.id, Membership.user_id != user_id, User.removed_at.is_(None))
    )
    membership = session.get(Membership, (conversation.id, user_id), populate_existing=True)
    if membership is None:
        return False
    is_empty = session.scalar(others.limit(1)) is None
    if conversation.kind == DIRECT:
        if is_empty:
            session.execute(update(Conversation).where(Conversation.id == conversation.id).values(_WITHOUT_KEY))
            mark_deleted(transaction, conversation.id)
        return is_empty
    if is_empty and conversation.parent_id is None:
        mark_deleted(transaction, conversation.id)
        return True
    revision = take_revision(transaction, conversation.id)
    if conversation.parent_id is None:
        pass_on(transaction, membership, revision)
    delete_memberships(transaction, conversation.id, {user_id}, revision)
    return False


_WITHOUT_KEY: dict[str, Any] = {"kind": DELETED, "direct_key": None}


def _delete_some(transaction: Transaction, conversation_id: int) -> bool:
    """Deletes the next messages of a deleted conversation and of its threads. Returns whether there may be more."""
    session = transaction.session
    for one in (conversation_id, *threads_in(transaction, conversation_id)):
        first = session.scalar(select(func.min(Message.sequence)).where(Message.conversation_id == one))
        if first is None:
            continue
        delete_rows(transaction, one, first, first + LOOKED_AT_ONCE // 4)
        return True
    return False
