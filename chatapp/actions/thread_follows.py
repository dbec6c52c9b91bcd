"""Following a thread, as the lookup and the door to writing need it."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import select

from chatapp.actions.group_members import insert_memberships
from chatapp.actions.sessions import Caller
from chatapp.actions.thread_access import THREAD_OF_CALLER, sees_root
from chatapp.errors import NotAMember, NotFound, OnlyAdminsWrite, Unavailable
from chatapp.journal import Journal, MessageDraft, Transaction
from chatapp.journal.drafts import Outcome
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import ROLES_OF


def send_following(journal: Journal, caller: Caller, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
    """Queues a message in the journal. Whoever writes in a thread that they may see follows it from then on. `done` is
    called with the outcome."""

    def decide(outcome: Outcome) -> None:
        # Most messages are by members, so that the thread is looked for only when one is refused.
        if isinstance(outcome, NotAMember) and draft.is_group:
            journal.submit(write).add_done_callback(lambda followed: send_again(followed, outcome))
        else:
            done(outcome)

    def write(transaction: Transaction) -> None:
        row = thread_of(caller, draft.receiver, transaction)
        if row.role not in ROLES_OF[row.writers]:
            raise OnlyAdminsWrite(
                "Only owners and admins may write in this group.", receiver=draft.receiver, role=row.role
            )
        start_following(transaction, row.id, caller.user_id)

    def send_again(followed: "Future[None]", refusal: Outcome) -> None:
        error = followed.exception()
        if error is None:
            journal.send(draft, done)
        else:
            done(error if isinstance(error, OnlyAdminsWrite | Unavailable) else refusal)

    journal.send(draft, decide)


def thread_of(caller: Caller, thread_id: str, transaction: Transaction) -> Any:
    """The thread, locked together with its parent, so that nobody follows it who is being removed from the parent.
    Raises NotFound."""
    number = parse_conversation_id(thread_id)
    query = select(Conversation.parent_id).where(Conversation.id == number, Conversation.kind == GROUP)
    parent_id = transaction.session.scalar(query) if number is not None else None
    if parent_id is None:
        raise no_such_thread(thread_id)
    lock = select(Conversation.id).where(Conversation.id.in_((parent_id, number))).order_by(Conversation.id)
    transaction.session.execute(lock.with_for_update(key_share=True)).all()
    row = transaction.session.execute(THREAD_OF_CALLER, {"thread_id": number, "user_id": caller.user_id}).one_or_none()
    if row is None or not sees_root(row):
        raise no_such_thread(thread_id)
    return row


def start_following(transaction: Transaction, thread_id: int, user_id: int) -> None:
    """Makes a user a follower of a thread, which is locked, unless they are one."""
    if transaction.session.get(Membership, (thread_id, user_id)) is None:
        insert_memberships(transaction, thread_id, {user_id}, take_revision(transaction, thread_id))


def no_such_thread(thread_id: str) -> NotFound:
    """The same refusal for a thread that does not exist and for one that the caller may not see."""
    return NotFound("There is no such thread.", threadId=thread_id)
