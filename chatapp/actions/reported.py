"""Reported messages as moderators see and close them.

A report opens the messages around one message to a moderator who is in none of it, and only while it is open. Reports
about a moderator or an administrator are for administrators, and nobody sees those about their own messages.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.file_states import add_files, file_at
from chatapp.actions.message_changes import erase_message
from chatapp.actions.message_lock import FoundMessage
from chatapp.actions.sessions import Caller
from chatapp.actions.suspensions import ShownSuspension, suspensions_of
from chatapp.actions.system_permissions import (
    ACT_ON_STAFF,
    DISMISS_REPORTS,
    REMOVE_REPORTED,
    SEE_REPORTS,
    STAFF,
    may,
    require,
)
from chatapp.actions.usernames import usernames_of
from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.message_state import FileState, MessageState
from chatapp.models import Conversation, Message, Report, User
from chatapp.models.conversation import parse_message_id
from chatapp.models.stored_file import parse_file_id

AROUND = 5
"""Messages before, and after, a reported one."""


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """A message with open reports. `number` is the newest one's, by which a list goes on. `content` is as that was."""

    number: int
    message_id: str
    author: str
    content: str
    reasons: list[str]
    reports: int
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ShownReport:
    """One report, with the text that the message had."""

    reporter: str
    reason: str
    comment: str
    content: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContextMessage:
    """A message as it is now."""

    sequence: int
    sender: str
    content: str
    at: datetime
    is_deleted: bool
    message_id: str
    files: list[FileState]


@dataclass(frozen=True, slots=True)
class Place:
    """The conversation. `usernames` are the two people of a direct one; `name` is that of a group, or of the group that
    a thread belongs to."""

    is_thread: bool
    name: str
    usernames: list[str]


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A reported message in its context, with the reports of it."""

    message_id: str
    sequence: int
    author: str
    suspension: ShownSuspension | None
    place: Place
    reports: list[ShownReport]
    context: list[ContextMessage]


def count_open(actor: Actor) -> int:
    """How many messages have open reports that the actor may see. Raises Forbidden."""
    require(actor.role, SEE_REPORTS)
    places = _visible(actor, select(Report.conversation_id, Report.sequence)).distinct()
    return db.session.execute(select(func.count()).select_from(places.subquery())).scalar_one()


def list_reported(actor: Actor, before: int | None, limit: int) -> list[ReportedMessage]:
    """Messages with open reports, the last reported first, from below the number `before`. Raises Forbidden."""
    require(actor.role, SEE_REPORTS)
    newest = func.max(Report.id)
    query = _visible(actor, select(newest)).group_by(Report.conversation_id, Report.sequence)
    if before is not None:
        query = query.having(newest < before)
    numbers = list(db.session.scalars(query.order_by(newest.desc()).limit(limit)))
    rows = db.session.scalars(select(Report).where(Report.id.in_(numbers)).order_by(Report.id.desc())).all()
    names = usernames_of({row.author_id for row in rows})
    return [_listed(row, names[row.author_id]) for row in rows]


def open_report(journal: Journal, actor: Actor, message_id: str) -> OpenedReport:
    """A reported message with what was said around it, or alone if nobody but the actor has reported it. The audit log
    says who has read it.

    Raises Forbidden, and NotFound for a message without an open report.
    """
    require(actor.role, SEE_REPORTS)

    def write(transaction: Transaction) -> None:
        report = _open_of(transaction.session, actor, message_id)[0]
        author = transaction.session.get_one(User, report.author_id).username
        record(transaction, "report_opened", actor, author, message=message_id)

    journal.write(write)
    reports = _open_of(db.session, actor, message_id)
    conversation_id, sequence, author_id = reports[0].conversation_id, reports[0].sequence, reports[0].author_id
    first, last = _opened_by(actor, reports)
    of_report = (Message.conversation_id == conversation_id) & Message.sequence.between(first, last)
    messages = db.session.scalars(select(Message).where(of_report).order_by(Message.sequence)).all()
    states = {row.sequence: MessageState() for row in messages}
    add_files(states, conversation_id, first, last)
    people = {author_id, *(row.reporter_id for row in reports), *(row.sender_id for row in messages)}
    names = usernames_of(people)
    return OpenedReport(
        message_id,
        sequence,
        names[author_id],
        suspensions_of({author_id}).get(author_id),
        _place_of(conversation_id),
        [ShownReport(names[r.reporter_id], r.reason, r.comment, r.content, r.created_at) for r in reports],
        [_context(row, names[row.sender_id], states[row.sequence].files) for row in messages],
    )


def open_file(journal: Journal, actor: Actor, message_id: str, file_id: str) -> FileState:
    """A file of one of the messages that the reports of a message open. The audit log says who has read it.

    Raises Forbidden, and NotFound for a file of another message, and without an open report.
    """
    require(actor.role, SEE_REPORTS)
    conversation_id, sequence, position = parse_file_id(file_id) or (0, 0, 0)
    file = file_at(conversation_id, sequence, position)

    def write(transaction: Transaction) -> FileState:
        reports = _open_of(transaction.session, actor, message_id)
        first, last = _opened_by(actor, reports)
        if file is None or conversation_id != reports[0].conversation_id or not first <= sequence <= last:
            raise NotFound("There is no such file.", fileId=file_id)
        author = transaction.session.get_one(User, reports[0].author_id).username
        record(transaction, "reported_file_read", actor, author, message=message_id, file=file_id)
        return file

    opened: FileState = journal.write(write)
    return opened


def dismiss(journal: Journal, actor: Actor, message_id: str) -> None:
    """Closes the reports of a message, which stays. Raises Forbidden and NotFound."""
    require(actor.role, DISMISS_REPORTS)

    def write(transaction: Transaction) -> None:
        reports = _open_of(transaction.session, actor, message_id)
        _close(transaction, actor, reports, "report_dismissed", message_id)

    journal.write(write)


def remove(journal: Journal, caller: Caller, message_id: str) -> None:
    """Deletes a reported message, in whichever conversation it is, and closes its reports. Raises Forbidden and
    NotFound."""
    actor = caller.actor
    require(actor.role, REMOVE_REPORTED)

    def write(transaction: Transaction) -> None:
        session = transaction.session
        conversation_id, sequence = parse_message_id(message_id) or (0, 0)
        lock = select(Conversation).where(Conversation.id == conversation_id)
        conversation = session.scalar(lock.with_for_update(key_share=True))
        reports = _open_of(session, actor, message_id)
        message = session.get(Message, (conversation_id, sequence), populate_existing=True)
        # Its author, or the end of a group, may have deleted it.
        if conversation is not None and message is not None and message.deleted_at is None:
            found = FoundMessage(message, conversation.direct_key, 0, "", conversation.pinners, is_blocked=False)
            erase_message(transaction, found, caller.user_id)
        _close(transaction, actor, reports, "message_removed", message_id)

    journal.write(write)


def _close(transaction: Transaction, actor: Actor, reports: list[Report], kind: str, message_id: str) -> None:
    """Erases what the reports keep of the message and of the reporters' words."""
    for report in reports:
        report.content, report.comment, report.closed_at = "", "", now()
    author = transaction.session.get_one(User, reports[0].author_id).username
    record(transaction, kind, actor, author, message=message_id, reports=len(reports))


def _visible(actor: Actor, query: Any) -> Any:
    """Narrows a query for reports to open ones that the actor may see."""
    query = query.join(User, User.id == Report.author_id).where(Report.closed_at.is_(None))
    if actor.user_id is not None:
        query = query.where(Report.author_id != actor.user_id)
    return query if may(actor.role, ACT_ON_STAFF) else query.where(User.role.not_in(STAFF))


def _open_of(session: Any, actor: Actor, message_id: str) -> list[Report]:
    """The open reports of a message, the oldest first, at least one. Raises NotFound."""
    conversation_id, sequence = parse_message_id(message_id) or (0, 0)
    of_message = (Report.conversation_id == conversation_id, Report.sequence == sequence)
    reports = list(session.scalars(_visible(actor, select(Report)).where(*of_message).order_by(Report.id)))
    if not reports:
        raise NotFound("There is no open report of this message.", messageId=message_id)
    return reports


def _opened_by(actor: Actor, reports: list[Report]) -> tuple[int, int]:
    """The first and the last sequence that the actor may read."""
    # Nobody opens history that is hidden from them by a report of their own.
    around = AROUND if any(row.reporter_id != actor.user_id for row in reports) else 0
    return reports[0].sequence - around, reports[0].sequence + around


def _listed(newest: Report, author: str) -> ReportedMessage:
    of_message = (Report.conversation_id == newest.conversation_id, Report.sequence == newest.sequence)
    query = select(Report.reason).where(*of_message, Report.closed_at.is_(None)).order_by(Report.id)
    reasons = list(db.session.scalars(query))
    message_id = f"{newest.conversation_id}-{newest.sequence}"
    unique = list(dict.fromkeys(reasons))
    return ReportedMessage(newest.id, message_id, author, newest.content, unique, len(reasons), newest.created_at)


def _context(row: Message, sender: str, files: list[FileState]) -> ContextMessage:
    message_id = f"{row.conversation_id}-{row.sequence}"
    is_deleted = row.deleted_at is not None
    return ContextMessage(row.sequence, sender, row.content, row.created_at, is_deleted, message_id, files)


def _place_of(conversation_id: int) -> Place:
    conversation = db.session.get_one(Conversation, conversation_id)
    is_thread = conversation.parent_id is not None
    if conversation.parent_id is not None:
        conversation = db.session.get_one(Conversation, conversation.parent_id)
    usernames = sorted(set(conversation.direct_key.split(" "))) if conversation.direct_key else []
    return Place(is_thread, conversation.name or "", usernames)
