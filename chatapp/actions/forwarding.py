"""Forwards messages to other conversations, and finds the original of a forwarded one."""

from collections.abc import Callable

from sqlalchemy import bindparam, select

from chatapp.actions.message_lock import find_message
from chatapp.actions.sessions import Caller
from chatapp.actions.thread_follows import send_following
from chatapp.errors import NotFound
from chatapp.journal import Journal, MessageDraft
from chatapp.journal.drafts import Outcome
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.payloads import Forward
from chatapp.prepared_statements import row_or_none

VISIBLE = (
    select(MESSAGES.c.sequence)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == MESSAGES.c.conversation_id)
    .join(
        MEMBERSHIPS,
        (MEMBERSHIPS.c.conversation_id == MESSAGES.c.conversation_id) & (MEMBERSHIPS.c.user_id == bindparam("user_id")),
    )
    .where(
        MESSAGES.c.conversation_id == bindparam("conversation_id"),
        MESSAGES.c.sequence == bindparam("sequence"),
        CONVERSATIONS.c.shares_history | (MESSAGES.c.sequence > MEMBERSHIPS.c.joined_sequence),
    )
)


def forward_message(
    journal: Journal,
    caller: Caller,
    message_id: str,
    wanted: Forward,
    done: Callable[[Outcome], None],
    *,
    quota_bytes: int,
    is_awaited: bool = False,
) -> None:
    """Queues a copy of a message in the journal, as `messages.send_message` does. `done` is called with the outcome.

    The journal checks in its transaction that the caller may see the original and may write to the conversation.
    `quota_bytes` and `is_awaited`: see `MessageDraft`.
    """
    draft = MessageDraft(
        caller.user_id,
        caller.username,
        wanted.receiver,
        wanted.group,
        "",
        wanted.client_id,
        is_awaited=is_awaited,
        forwards=message_id,
        quota_bytes=quota_bytes,
    )
    send_following(journal, caller, draft, done)


def origin_of(caller: Caller, message_id: str) -> str:
    """The id of the message that was forwarded first.

    Raises NotFound if the message was not forwarded, or if the caller may not see it or the original.
    """
    message = find_message(caller, message_id).message
    conversation_id, sequence = message.origin_conversation_id, message.origin_sequence
    place = {"conversation_id": conversation_id, "sequence": sequence}
    if conversation_id is None or row_or_none(VISIBLE, user_id=caller.user_id, **place) is None:
        raise NotFound("There is no original that you can see.", messageId=message_id)
    return f"{conversation_id}-{sequence}"
