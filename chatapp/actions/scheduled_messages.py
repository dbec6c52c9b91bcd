"""Messages that are sent later: schedule, list, change, delete, and send at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from chatapp.actions.file_drafts import file_drafts
from chatapp.actions.lookup import find_target
from chatapp.actions.scheduled_files import files_of, keep_files, keep_only
from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import usernames_of
from chatapp.blank_text import is_blank
from chatapp.clock import now
from chatapp.errors import Conflict, InvalidInput, LimitReached, NotFound
from chatapp.jobs import cancel, enqueue
from chatapp.journal import Journal, MessageDraft, Transaction
from chatapp.journal.drafts import Outcome
from chatapp.journal.message_state import FileState
from chatapp.journal.revisions import take_own_revision
from chatapp.journal.scheduled import SENDING, job_key
from chatapp.models import Message, ScheduledMessage
from chatapp.models.base import to_microseconds
from chatapp.models.scheduled_message import GONE, WAITING
from chatapp.models.tables import SCHEDULED_MESSAGES
from chatapp.payload_fields import BLANK
from chatapp.prepared_statements import row_or_none, rows
from chatapp.scheduled_payloads import Schedule, ScheduledChanges

MOST_SCHEDULED = 100
"""Scheduled messages of one user."""
FURTHEST_DAYS = 366

COLUMNS = (
    SCHEDULED_MESSAGES.c.user_id,
    SCHEDULED_MESSAGES.c.client_id,
    SCHEDULED_MESSAGES.c.is_group,
    SCHEDULED_MESSAGES.c.target_id,
    SCHEDULED_MESSAGES.c.content,
    SCHEDULED_MESSAGES.c.files,
    SCHEDULED_MESSAGES.c.reply_to,
    type_coerce(SCHEDULED_MESSAGES.c.due_at, BigInteger).label("due_at"),
    SCHEDULED_MESSAGES.c.status,
    SCHEDULED_MESSAGES.c.failure_code,
    SCHEDULED_MESSAGES.c.failure_message,
    SCHEDULED_MESSAGES.c.user_revision,
)
_OF_USER = select(*COLUMNS).where(SCHEDULED_MESSAGES.c.user_id == bindparam("user_id"))
PRESENT = _OF_USER.where(SCHEDULED_MESSAGES.c.status != GONE).order_by(SCHEDULED_MESSAGES.c.due_at)
ONE = _OF_USER.where(SCHEDULED_MESSAGES.c.client_id == bindparam("client_id"))


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that is sent at `due_at` (microseconds since 1970 UTC). `files` are by their uploads, in their order.
    `is_gone`: it was sent or deleted. `failure` holds the code and the sentence of why it could not be sent."""

    client_id: str
    receiver: str
    is_group: bool
    content: str
    files: dict[str, FileState]
    reply_to: int | None
    due_at: int
    is_gone: bool
    failure: tuple[str, str] | None
    user_revision: int


def schedule_message(journal: Journal, caller: Caller, wanted: Schedule) -> Scheduled:
    """Stores a message to send later. With a client id that the caller has scheduled before, returns that one.

    Whether the caller may write there is checked when it is sent. Raises NotFound or NotAMember for the conversation,
    InvalidInput for a time that is over or too far, Conflict for the client id of a message that was sent,
    LimitReached if MOST_SCHEDULED are scheduled, and UploadMissing and UploadIncomplete for a file.
    """
    target = find_target(caller, wanted.receiver, is_group=wanted.group)
    key = (caller.user_id, wanted.client_id)

    def write(transaction: Transaction) -> None:
        if transaction.session.get(ScheduledMessage, key) is not None:
            return
        _require_due_time(wanted.due_at)
        _require_unused(transaction.session, *key)
        revision = take_own_revision(transaction, caller.user_id)
        # Under the lock of the user's row: another device may have scheduled one meanwhile.
        if transaction.session.get(ScheduledMessage, key, populate_existing=True) is not None:
            return
        _require_room(transaction.session, caller.user_id)
        row = ScheduledMessage(
            user_id=caller.user_id,
            client_id=wanted.client_id,
            is_group=target.is_group,
            target_id=target.target_id,
            content=wanted.content,
            reply_to=wanted.reply_to,
            due_at=wanted.due_at,
            status=WAITING,
            user_revision=revision,
        )
        keep_files(transaction, row, file_drafts(wanted.files))
        transaction.session.add(row)
        enqueue(transaction, SENDING, {}, due_at=wanted.due_at, key=job_key(*key))

    journal.write(write)
    return _one(caller, wanted.client_id)


def scheduled_messages(caller: Caller) -> list[Scheduled]:
    """The caller's scheduled messages and those that could not be sent, by the time that they are due."""
    return scheduled_of(rows(PRESENT, user_id=caller.user_id))


def scheduled_of(found: Sequence[Any]) -> list[Scheduled]:
    """Rows with COLUMNS as scheduled messages, in their order."""
    names = usernames_of({row.target_id for row in found if not row.is_group}) if found else {}
    return [_of(row, names) for row in found]


def change_scheduled(journal: Journal, caller: Caller, client_id: str, wanted: ScheduledChanges) -> Scheduled:
    """Changes the text or the time, or removes files. What could not be sent waits again if it gets a new time.

    Raises NotFound if it was sent or deleted, UploadMissing for a file that it does not have, and InvalidInput for a
    time that is over or too far, and if nothing is left to send.
    """

    def change(transaction: Transaction, row: ScheduledMessage) -> None:
        if wanted.files is not None:
            keep_only(transaction, row, wanted.files)
        if wanted.content is not None:
            row.content = wanted.content
        if is_blank(row.content) and not row.files:
            raise InvalidInput("A message has a text or a file.", fields={"content": BLANK})
        if wanted.due_at is not None:
            _require_due_time(wanted.due_at)
            row.due_at, row.status, row.failure_code, row.failure_message = wanted.due_at, WAITING, None, None

    _write(journal, caller, client_id, change)
    return _one(caller, client_id)


def delete_scheduled(journal: Journal, caller: Caller, client_id: str) -> Scheduled:
    """Deletes a scheduled message and its files. Raises NotFound if it was sent or deleted."""

    def delete(transaction: Transaction, row: ScheduledMessage) -> None:
        keep_only(transaction, row, [])
        row.content, row.status, row.failure_code, row.failure_message = "", GONE, None, None

    _write(journal, caller, client_id, delete)
    return _one(caller, client_id)


def send_scheduled(
    journal: Journal, caller: Caller, client_id: str, done: Callable[[Outcome], None], *, is_awaited: bool = False
) -> None:
    """Queues a scheduled message in the journal, before its time. `done` is called with the outcome; a refusal is also
    stored with the message. `is_awaited`: see `MessageDraft`. Raises NotFound if it was sent or deleted."""
    found = _one(caller, client_id)
    if found.is_gone:
        raise _not_found(client_id)
    journal.send(_draft(caller.user_id, caller.username, found.receiver, found.is_group, client_id, is_awaited), done)


def due_draft(at: datetime, user_id: int, client_id: str) -> MessageDraft | None:
    """A scheduled message that waits and is due, of any user. The journal takes its text, and refuses it if it was sent
    or put off meanwhile."""
    found = row_or_none(ONE, user_id=user_id, client_id=client_id)
    if found is None or found.status != WAITING or found.due_at > to_microseconds(at):
        return None
    scheduled = scheduled_of([found])[0]
    username = usernames_of({user_id})[user_id]
    receiver, is_group = scheduled.receiver, scheduled.is_group
    return _draft(user_id, username, receiver, is_group, client_id, is_awaited=False, must_be_due=True)


def _draft(
    user_id: int,
    username: str,
    receiver: str,
    is_group: bool,
    client_id: str,
    is_awaited: bool,
    must_be_due: bool = False,
) -> MessageDraft:
    return MessageDraft(
        user_id,
        username,
        receiver,
        is_group,
        "",
        client_id,
        is_awaited=is_awaited,
        is_scheduled=True,
        must_be_due=must_be_due,
    )


def _write(
    journal: Journal, caller: Caller, client_id: str, change: Callable[[Transaction, ScheduledMessage], None]
) -> None:
    key = (caller.user_id, client_id)

    def write(transaction: Transaction) -> None:
        _require_present(transaction.session.get(ScheduledMessage, key), client_id)
        revision = take_own_revision(transaction, caller.user_id)
        # Read again under the lock of the user's row: it may have been sent meanwhile.
        row = transaction.session.get(ScheduledMessage, key, populate_existing=True)
        row = _require_present(row, client_id)
        change(transaction, row)
        row.user_revision = revision
        cancel(transaction, SENDING, job_key(*key))
        if row.status == WAITING:
            enqueue(transaction, SENDING, {}, due_at=row.due_at, key=job_key(*key))

    journal.write(write)


def _one(caller: Caller, client_id: str) -> Scheduled:
    row = row_or_none(ONE, user_id=caller.user_id, client_id=client_id)
    if row is None:
        raise _not_found(client_id)
    return scheduled_of([row])[0]


def _of(row: Any, names: Mapping[int, str]) -> Scheduled:
    return Scheduled(
        row.client_id,
        str(row.target_id) if row.is_group else names[row.target_id],
        bool(row.is_group),
        row.content,
        files_of(row),
        row.reply_to,
        row.due_at,
        row.status == GONE,
        None if row.failure_code is None else (row.failure_code, row.failure_message),
        row.user_revision,
    )


def _require_present(row: ScheduledMessage | None, client_id: str) -> ScheduledMessage:
    if row is None or row.status == GONE:
        raise _not_found(client_id)
    return row


def _require_due_time(due_at: datetime) -> None:
    at = now()
    if due_at <= at:
        raise InvalidInput("This time is over.", fields={"dueAt": "must be in the future"})
    if due_at > at + timedelta(days=FURTHEST_DAYS):
        reason = f"must be within {FURTHEST_DAYS} days"
        raise InvalidInput(f"Messages can be scheduled for {FURTHEST_DAYS} days.", fields={"dueAt": reason})


def _require_unused(session: Session, user_id: int, client_id: str) -> None:
    """A message with this client id would count as a retry of the scheduled one, which would never be sent."""
    used = select(Message.sequence).where(Message.sender_id == user_id, Message.client_id == client_id)
    if session.execute(used).first() is not None:
        raise Conflict("A message with this clientId was sent.", clientId=client_id)


def _require_room(session: Session, user_id: int) -> None:
    count = select(func.count()).where(ScheduledMessage.user_id == user_id, ScheduledMessage.status != GONE)
    if session.execute(count).scalar_one() >= MOST_SCHEDULED:
        raise LimitReached(f"You can schedule {MOST_SCHEDULED} messages.", limit=MOST_SCHEDULED)


def _not_found(client_id: str) -> NotFound:
    return NotFound("There is no such scheduled message.", clientId=client_id)
