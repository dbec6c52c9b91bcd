"""Threads: a conversation at the side, whose parent is a message. Its members are its followers.

Whoever may see the root message may read the thread and follow it; whoever follows it may write in it, unless only the
admins of the parent group write. Who loses access to the root message ceases to follow in the same transaction
(`group_members.py: delete_memberships`).

A conversation is locked before its threads, each by id, so that two processes never deadlock: the id of a thread is
above that of its parent.
"""

from typing import Any

from sqlalchemy import select

from chatapp.actions.accounts import Caller
from chatapp.actions.conversations import Overview, list_conversations, overviews_of_members
from chatapp.actions.group_members import delete_memberships, insert_memberships
from chatapp.actions.message_lock import FoundMessage, lock_message
from chatapp.actions.permissions import WRITE, WRITE_ANNOUNCEMENTS, require
from chatapp.actions.thread_access import THREAD_OF_CALLER, sees_root
from chatapp.clock import now
from chatapp.errors import NotForThreads, NotFound
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership
from chatapp.models.conversation import EVERYBODY, GROUP, parse_conversation_id


def open_thread(journal: Journal, caller: Caller, message_id: str) -> Overview:
    """Makes the caller follow the thread of a message, which is created if there is none. Returns the thread.

    The author of the message follows a new thread too. Raises NotFound, NotForThreads for a message in a thread, and,
    if there is no thread yet, MessageDeleted, and Forbidden for a caller who may not write in the group.
    """

    def job(transaction: Transaction) -> int:
        found = lock_message(transaction, caller, message_id, is_deleted_found=True)
        query = select(Conversation.id).where(
            Conversation.parent_id == found.message.conversation_id,
            Conversation.root_sequence == found.message.sequence,
        )
        thread_id = transaction.session.scalar(query.with_for_update(key_share=True))
        if thread_id is None:
            return _insert_thread(transaction, caller, found)
        _follow(transaction, thread_id, caller.user_id)
        return thread_id

    return _overview(caller, journal.write(job))


def follow(journal: Journal, caller: Caller, thread_id: str, *, is_on: bool) -> None:
    """Makes the caller follow a thread, or no longer. Raises NotFound for a thread that the caller may not see."""

    def job(transaction: Transaction) -> None:
        row = _thread_of(caller, thread_id, transaction)
        if is_on:
            _follow(transaction, row.id, caller.user_id)
        elif transaction.session.get(Membership, (row.id, caller.user_id)) is not None:
            delete_memberships(transaction, row.id, {caller.user_id}, take_revision(transaction, row.id))

    journal.write(job)


def threads_of(journal: Journal, caller: Caller) -> list[Overview]:
    """The threads that the caller follows, newest activity first."""
    return [overview for overview in list_conversations(journal, caller) if overview.row.parent_id is not None]


def _thread_of(caller: Caller, thread_id: str, transaction: Transaction) -> Any:
    """The thread, locked together with its parent, so that nobody follows it who is being removed from the parent."""
    number = parse_conversation_id(thread_id)
    query = select(Conversation.parent_id).where(Conversation.id == number, Conversation.kind == GROUP)
    parent_id = transaction.session.scalar(query) if number is not None else None
    if parent_id is None:
        raise _no_such_thread(thread_id)
    lock = select(Conversation.id).where(Conversation.id.in_((parent_id, number))).order_by(Conversation.id)
    transaction.session.execute(lock.with_for_update(key_share=True)).all()
    row = transaction.session.execute(THREAD_OF_CALLER, {"thread_id": number, "user_id": caller.user_id}).one_or_none()
    if row is None or not sees_root(row):
        raise _no_such_thread(thread_id)
    return row


def _insert_thread(transaction: Transaction, caller: Caller, found: FoundMessage) -> int:
    message = found.message
    parent = transaction.session.get_one(Conversation, message.conversation_id)
    if parent.parent_id is not None:
        raise NotForThreads("A message in a thread has no thread of its own.")
    found.require_not_deleted()
    require(found.role, WRITE if parent.writers == EVERYBODY else WRITE_ANNOUNCEMENTS)
    thread = Conversation(
        kind=GROUP,
        parent_id=parent.id,
        root_sequence=message.sequence,
        created_by=caller.user_id,
        created_at=now(),
        revision=1,
        state_revision=1,
    )
    transaction.session.add(thread)
    transaction.session.flush()
    found.change(transaction)
    author = transaction.session.get(Membership, (parent.id, message.sender_id))
    followers = {caller.user_id} | ({message.sender_id} if author is not None else set())
    insert_memberships(transaction, thread.id, followers, 1)
    return thread.id


def _follow(transaction: Transaction, thread_id: int, user_id: int) -> None:
    if transaction.session.get(Membership, (thread_id, user_id)) is None:
        insert_memberships(transaction, thread_id, {user_id}, take_revision(transaction, thread_id))


def _overview(caller: Caller, thread_id: int) -> Overview:
    overview = overviews_of_members(thread_id, [caller.user_id]).get(caller.user_id)
    if overview is None:
        raise _no_such_thread(str(thread_id))
    return overview


def _no_such_thread(thread_id: str) -> NotFound:
    return NotFound("There is no such thread.", threadId=thread_id)
