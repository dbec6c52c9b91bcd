"""Performs writes and stores watermarks in a transaction, and builds the notices about its messages."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy.orm import Session

from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.errors import ChatError
from chatapp.journal.database_errors import is_deadlock
from chatapp.journal.drafts import StoredMessage, WatermarkUpdates
from chatapp.journal.transaction import Transaction, Work, Write
from chatapp.models.base import to_microseconds
from chatapp.notices import ConversationChanged, Notice, WatermarkRaised

log = logging.getLogger(__name__)

RAISE_WATERMARKS = """UPDATE membership
SET delivered_before = CASE WHEN ? > delivered_sequence THEN delivered_sequence ELSE delivered_before END,
    delivered_at = CASE WHEN ? > delivered_sequence THEN ? ELSE delivered_at END,
    read_before = CASE WHEN ? > read_sequence THEN read_sequence ELSE read_before END,
    read_at = CASE WHEN ? > read_sequence THEN ? ELSE read_at END,
    delivered_sequence = {max}(delivered_sequence, ?),
    read_sequence = {max}(read_sequence, ?)
WHERE conversation_id = ? AND user_id = ?"""


def write_watermarks(connection: WriterConnection, watermarks: WatermarkUpdates) -> list[Notice]:
    """Raises the watermarks, in a fixed order so that two processes never deadlock. Returns the notices to send."""
    sql = RAISE_WATERMARKS.format(max="MAX" if connection.is_sqlite else "GREATEST")
    at = to_microseconds(now())
    rows = [
        (mark.delivered, mark.delivered, at, mark.read, mark.read, at, mark.delivered, mark.read, *key)
        for key, mark in sorted(watermarks.items())
    ]
    if rows:
        connection.execute_many(sql, rows)
    return [WatermarkRaised(*key, mark.delivered, mark.read) for key, mark in watermarks.items()]


def run_write(connection: WriterConnection, write: "Write[Any]", notices: list[Notice]) -> Any:
    """Returns the write's result, or the exception that it raised. A savepoint undoes what a failed write has done."""
    with Session(connection.connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        transaction = Transaction(session)
        try:
            result = write.run(transaction)
            session.commit()
        except Exception as error:
            session.rollback()
            if is_deadlock(error):
                # The writer retries the whole transaction.
                raise
            return error
    notices += transaction.notices
    return result


def resolve(future: "Future[Any]", result: Any) -> None:
    """Completes the future of a write."""
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def message_notices(messages: list[StoredMessage]) -> list[Notice]:
    """One notice for each conversation that has new messages."""
    notices: dict[int, ConversationChanged] = {}
    for message in messages:
        number = message.conversation_id
        first = notices[number].first if number in notices else message.revision
        names = () if message.is_group else (message.sender, message.receiver)
        notices[number] = ConversationChanged(number, first, message.revision, message.sequence, names)
    return list(notices.values())


def answer(work: Work, failure: ChatError) -> None:
    """Tells everybody who waits for the work that it failed."""
    for queued in work.drafts:
        guard(queued.done, failure)
    for write in work.writes:
        write.future.set_exception(failure)


def guard(call: Callable[..., None], *args: Any) -> None:
    """Calls a callback and logs its exception, which must not stop the writer."""
    try:
        call(*args)
    except Exception:
        log.exception("A callback of the journal failed")
