"""Threads: a conversation at the side, whose parent is a message. Its members are its followers.

Whoever may see the root message may read the thread, follow it and write in it, unless only the admins of the parent
group write. Writing starts following. Who loses access to the root message ceases to follow in the same transaction
(`group_members.py: delete_memberships`).

A conversation is locked before its threads, each by id, so that two processes never deadlock: the id of a thread is
above that of its parent.
"""

from sqlalchemy import select

from chatapp.actions.conversations import list_conversations, overviews_of_members
from chatapp.actions.group_members import delete_memberships, insert_memberships
from chatapp.actions.message_lock import FoundMessage, lock_message
from chatapp.actions.overview import Overview
from chatapp.actions.permissions import WRITE, WRITE_ANNOUNCEMENTS, require
from chatapp.actions.sessions import Caller
from chatapp.actions.thread_follows import no_such_thread, start_following, thread_of
from chatapp.clock import now
from chatapp.errors import NotForThreads, NotFound
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership
from chatapp.models.conversation import EVERYBODY, GROUP


def open_thread(journal: Journal, caller: Caller, message_id: str) -> Overview:
    """Makes the caller follow the thread of a message, which is created if there is none. Returns the thread.

    The author of the message follows a new thread too. Raises NotFound, NotForThreads for a message in a thread, and,
    if there is no thread yet, MessageDeleted, and Forbidden for a caller who may not write in the group.
    """

    def write(transaction: Transaction) -> int:
        found = lock_message(transaction, caller, message_id, is_deleted_found=True)
        query = select(Conversation.id, Conversation.kind).where(
            Conversation.parent_id == found.message.conversation_id,
            Conversation.root_sequence == found.message.sequence,
        )
        row = transaction.session.execute(query.with_for_update(key_share=True)).one_or_none()
        if row is None:
            return _insert_thread(transaction, caller, found)
        if row.kind != GROUP:
            raise NotFound("The thread has ended.", messageId=message_id)
        thread_id: int = row.id
        start_following(transaction, thread_id, caller.user_id)
        return thread_id

    return _overview(caller, journal.write(write))


def follow(journal: Journal, caller: Caller, thread_id: str, *, is_on: bool) -> None:
    """Makes the caller follow a thread, or no longer. Raises NotFound for a thread that the caller may not see."""

    def write(transaction: Transaction) -> None:
        row = thread_of(caller, thread_id, transaction)
        if is_on:
            start_following(transaction, row.id, caller.user_id)
        elif transaction.session.get(Membership, (row.id, caller.user_id)) is not None:
            delete_memberships(transaction, row.id, {caller.user_id}, take_revision(transaction, row.id))

    journal.write(write)


def threads_of(journal: Journal, caller: Caller) -> list[Overview]:
    """The threads that the caller follows, newest activity first."""
    return [overview for overview in list_conversations(journal, caller) if overview.is_thread]


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


def _overview(caller: Caller, thread_id: int) -> Overview:
    overview = overviews_of_members(thread_id, [caller.user_id]).get(caller.user_id)
    if overview is None:
        raise no_such_thread(str(thread_id))
    return overview
