"""Edits and deletes messages, and reads the earlier versions of an edited one.

Each change takes the conversation's next revision. A call that changes nothing takes none, so that a retry is harmless.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from chatapp.actions.audit import record
from chatapp.actions.mentions import forget_mentions, replace_mentions
from chatapp.actions.message_lock import FoundMessage, find_message, lock_message
from chatapp.actions.messages import message_of
from chatapp.actions.permissions import DELETE_MESSAGES, require
from chatapp.actions.polls import delete_poll, has_poll
from chatapp.actions.released_files import has_files, release_files
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MODERATE_MESSAGES, may
from chatapp.blank_text import is_blank
from chatapp.clock import now
from chatapp.errors import Forbidden, InvalidInput, LimitReached, MessageDeleted, PollUnchangeable, TooLate
from chatapp.extensions import db
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.models import Message, MessageVersion, Reaction
from chatapp.payload_fields import BLANK

MOST_VERSIONS = 100
"""Earlier versions of one message."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a message had, and when it was written."""

    content: str
    written_at: datetime


def edit_message(journal: Journal, caller: Caller, message_id: str, content: str, edit_seconds: int) -> StoredMessage:
    """Replaces the text of the caller's own message, and keeps the earlier one as a version. Returns the message.

    Raises NotFound, MessageDeleted, Forbidden for a message of somebody else or a forwarded one, PollUnchangeable for a
    poll, TooLate if it is older than `edit_seconds` (0: no limit), and LimitReached if it has MOST_VERSIONS.
    """

    def write(transaction: Transaction) -> None:
        found = lock_message(transaction, caller, message_id)
        message = found.message
        if message.sender_id != caller.user_id:
            raise Forbidden("You can only edit your own messages.", messageId=message_id)
        if has_poll(transaction, found):
            raise PollUnchangeable("The text of a poll cannot be changed.", messageId=message_id)
        if message.forwarded_from_id is not None:
            # It would say that the original's author has written the new text.
            raise Forbidden("A forwarded message cannot be edited.", messageId=message_id)
        _require_in_time(message, edit_seconds)
        if message.content == content:
            return
        if is_blank(content) and not has_files(transaction.session, message.conversation_id, message.sequence):
            raise InvalidInput("A message has a text or a file.", fields={"content": BLANK})
        transaction.session.add(_version_of(transaction, message))
        message.content, message.edited_at = content, now()
        replace_mentions(transaction, message, is_group=found.direct_key is None)
        message.content_revision = found.change(transaction)

    journal.write(write)
    return message_of(caller, find_message(caller, message_id))


def delete_message(journal: Journal, caller: Caller, message_id: str, edit_seconds: int) -> StoredMessage:
    """Deletes the text, the versions, the reactions, the poll and the files of a message. Its place remains, with who
    deleted it and when.

    A user deletes their own messages; who may delete those of others in a group say `permissions.py` and
    `system_permissions.py`. Raises NotFound,
    Forbidden, and TooLate if the user's own message is older than `edit_seconds` (0: no limit) and their role does not
    permit more.
    """

    def write(transaction: Transaction) -> None:
        try:
            found = lock_message(transaction, caller, message_id, is_blocked_found=True)
        except MessageDeleted:
            return
        _require_may_delete(found, caller, edit_seconds)
        message = found.message
        erase_message(transaction, found, caller.user_id)
        if message.sender_id != caller.user_id:
            record(transaction, "message_deleted", caller.actor, message_id)

    journal.write(write)
    return message_of(caller, find_message(caller, message_id))


def erase_message(transaction: Transaction, found: FoundMessage, user_id: int) -> None:
    """Deletes a message in the name of this user, who may do it. The conversation is locked."""
    message = found.message
    for table in (MessageVersion, Reaction):
        of_message = (table.conversation_id == message.conversation_id) & (table.sequence == message.sequence)
        transaction.session.execute(delete(table).where(of_message))
    delete_poll(transaction, message.conversation_id, message.sequence)
    release_files(transaction, message.conversation_id, message.sequence, message.sequence)
    forget_mentions(transaction, message)
    message.content, message.edited_at, message.pinned_at, message.pinned_by_id = "", None, None, None
    message.forwarded_from_id = message.forwarded_at = None
    message.origin_conversation_id = message.origin_sequence = None
    message.deleted_at, message.deleted_by_id = now(), user_id
    message.content_revision = found.change(transaction)


def versions_of(caller: Caller, message_id: str) -> list[Version]:
    """All texts of a message, oldest first; the last one is the current. Raises NotFound, and MessageDeleted."""
    message = find_message(caller, message_id).message
    if message.deleted_at is not None:
        raise MessageDeleted("The message was deleted.", messageId=message_id)
    query = (
        select(MessageVersion.content, MessageVersion.written_at)
        .where(MessageVersion.conversation_id == message.conversation_id, MessageVersion.sequence == message.sequence)
        .order_by(MessageVersion.number)
    )
    earlier = [Version(row.content, row.written_at) for row in db.session.execute(query)]
    return [*earlier, Version(message.content, message.edited_at or message.created_at)]


def _version_of(transaction: Transaction, message: Message) -> MessageVersion:
    count = select(func.count()).where(
        MessageVersion.conversation_id == message.conversation_id, MessageVersion.sequence == message.sequence
    )
    number = transaction.session.execute(count).scalar_one() + 1
    if number > MOST_VERSIONS:
        raise LimitReached(f"A message can be edited {MOST_VERSIONS} times.", limit=MOST_VERSIONS)
    return MessageVersion(
        conversation_id=message.conversation_id,
        sequence=message.sequence,
        number=number,
        content=message.content,
        written_at=message.edited_at or message.created_at,
    )


def _require_may_delete(found: FoundMessage, caller: Caller, edit_seconds: int) -> None:
    is_own = found.message.sender_id == caller.user_id
    if found.direct_key is not None:
        if not is_own:
            raise Forbidden("You can only delete your own messages.")
        _require_in_time(found.message, edit_seconds)
        return
    if may(caller.role, MODERATE_MESSAGES):
        return
    try:
        require(found.role, DELETE_MESSAGES)
    except Forbidden:
        if not is_own:
            raise
        _require_in_time(found.message, edit_seconds)


def _require_in_time(message: Message, edit_seconds: int) -> None:
    if edit_seconds and now() - message.created_at > timedelta(seconds=edit_seconds):
        raise TooLate(
            f"Messages can be edited and deleted for {edit_seconds} seconds after they were sent.", seconds=edit_seconds
        )
