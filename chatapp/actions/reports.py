"""Reporting a message to the moderators. `reported.py` is what they do with the reports."""

from sqlalchemy import func, select

from chatapp.actions.audit import record
from chatapp.actions.message_lock import find_message
from chatapp.actions.sessions import Caller
from chatapp.actions.thread_access import find_readable
from chatapp.clock import now
from chatapp.errors import InvalidInput, LimitReached, MessageDeleted, NotAMember, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Message, Report, User
from chatapp.models.conversation import parse_message_id

MOST_OPEN = 50
"""Open reports of one person."""


def report_message(journal: Journal, caller: Caller, message_id: str, reason: str, comment: str) -> None:
    """Reports a message of somebody else that the caller sees, with its present text. A repeat stores nothing, unless
    the message was edited after the first report was closed.

    Raises NotFound, MessageDeleted, InvalidInput for the caller's own message, and LimitReached.
    """
    message = _find_seen(caller, message_id)
    place, author_id = (message.conversation_id, message.sequence), message.sender_id
    db.session.remove()
    if author_id == caller.user_id:
        raise InvalidInput("You cannot report your own message.", fields={"messageId": "is your own"})

    def write(transaction: Transaction) -> None:
        session = transaction.session
        # Two reports at once by one person: the second one finds the first.
        session.execute(select(User.id).where(User.id == caller.user_id).with_for_update(key_share=True))
        of_message = (Report.conversation_id == place[0], Report.sequence == place[1])
        report = session.scalar(select(Report).where(Report.reporter_id == caller.user_id, *of_message))
        present = session.get_one(Message, place, populate_existing=True)
        if report is not None and not _is_edited_since(report, present):
            return
        if present.deleted_at is not None:
            raise MessageDeleted("The message was deleted.", messageId=message_id)
        count = select(func.count()).where(Report.reporter_id == caller.user_id, Report.closed_at.is_(None))
        if session.execute(count).scalar_one() >= MOST_OPEN:
            raise LimitReached(f"A person can have {MOST_OPEN} open reports.", limit=MOST_OPEN)
        if report is None:
            report = Report(
                conversation_id=place[0], sequence=place[1], reporter_id=caller.user_id, author_id=author_id
            )
            session.add(report)
        report.reason, report.comment, report.content = reason, comment, present.content
        report.created_at, report.closed_at = now(), None
        author = session.get_one(User, author_id).username
        record(transaction, "message_reported", caller.actor, author, message=message_id, reason=reason)

    journal.write(write)


def _is_edited_since(report: Report, message: Message) -> bool:
    return report.closed_at is not None and message.edited_at is not None and message.edited_at > report.closed_at


def _find_seen(caller: Caller, message_id: str) -> Message:
    """A message that the caller sees, also in a thread that they do not follow. Raises NotFound."""
    try:
        return find_message(caller, message_id).message
    except NotFound:
        conversation_id, sequence = parse_message_id(message_id) or (0, 0)
        try:
            found = find_readable(caller, str(conversation_id), is_group=True)
        except (NotFound, NotAMember):
            found = None
        message = db.session.get(Message, (conversation_id, sequence))
        if found is None or message is None or sequence <= found.hidden_up_to:
            raise
        return message
