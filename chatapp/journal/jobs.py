"""The steps of a transaction that are not messages: jobs, watermarks, and what is announced."""

from concurrent.futures import Future
from typing import Any

from sqlalchemy.orm import Session

from chatapp.database import WriterConnection
from chatapp.journal.drafts import StoredMessage
from chatapp.journal.transaction import Job, Transaction, WatermarkUpdates
from chatapp.notices import ConversationChanged, Notice, WatermarkRaised

RAISE = """UPDATE membership
SET delivered_sequence = {max}(delivered_sequence, ?), read_sequence = {max}(read_sequence, ?)
WHERE conversation_id = ? AND user_id = ?"""


def write_watermarks(connection: WriterConnection, watermarks: WatermarkUpdates) -> list[Notice]:
    """Raises the watermarks, in a fixed order so that two processes never deadlock. Returns what to announce."""
    sql = RAISE.format(max="MAX" if connection.is_sqlite else "GREATEST")
    rows = [(mark.delivered, mark.read, *key) for key, mark in sorted(watermarks.items())]
    if rows:
        connection.execute_many(sql, rows)
    return [WatermarkRaised(*key, mark.delivered, mark.read) for key, mark in watermarks.items()]


def run_job(connection: WriterConnection, job: "Job[Any]", notices: list[Notice]) -> Any:
    """The job's result, or the exception that it raised: then its own writes are undone and nobody else's."""
    with Session(connection.connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        transaction = Transaction(session)
        try:
            result = job.run(transaction)
            session.commit()
        except Exception as error:
            session.rollback()
            return error
    notices += transaction.notices
    return result


def resolve(future: "Future[Any]", result: Any) -> None:
    """Wakes whoever waits for a job."""
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def announcements(messages: list[StoredMessage]) -> list[Notice]:
    """One notice a conversation, for all of its new messages."""
    found: dict[int, ConversationChanged] = {}
    for one in messages:
        known = found.get(one.conversation_id)
        names = () if one.is_group else (one.sender, one.receiver)
        first = known.first if known else one.revision
        found[one.conversation_id] = ConversationChanged(one.conversation_id, first, one.revision, one.sequence, names)
    return list(found.values())
