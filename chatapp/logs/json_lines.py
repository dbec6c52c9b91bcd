"""Log records as JSON, one a line, without what an exception says of the data that it was about."""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError, OperationalError

from chatapp.clock import to_iso
from chatapp.errors import ChatError
from chatapp.logs.current_request import current
from chatapp.logs.events import EVENT, FIELDS


class JsonLines(logging.Formatter):
    """Writes time, level, node, logger and message, the event and its fields, the request and its user, and where an
    exception was raised."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": to_iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "node": self._node,
            "logger": record.name,
            "message": _message(record),
        }
        if (request := current.get()) is not None:
            line |= {"request": request.id, "user": request.user_id}
        if (name := getattr(record, EVENT, None)) is not None:
            line |= {"event": name, **getattr(record, FIELDS)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"exception": _names(record.exc_info[1]), "trace": _trace(record.exc_info[1])}
        return orjson.dumps(line, default=str).decode()


def _message(record: logging.LogRecord) -> str:
    """The message. Of an exception in it only what `_said` returns."""
    if not isinstance(record.args, tuple):
        return record.getMessage()
    arguments = tuple(_said(one) if isinstance(one, BaseException) else one for one in record.args)
    return str(record.msg) % arguments if arguments else str(record.msg)


def _said(error: BaseException) -> str:
    """What a log may say of an exception. The text of most repeats the values that it was about: one of the database
    those of its statement, one of a parser what it could not read."""
    if isinstance(error, ChatError):
        return error.message
    if isinstance(error, OperationalError):
        # About the database itself: out of reach, locked, full.
        return f"OperationalError: {str(error.orig).partition(chr(10))[0]}"
    if isinstance(error, DBAPIError):
        return type(error.orig).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    return type(error).__name__


def _names(error: BaseException) -> list[str]:
    """The class of an exception, and of those that led to it."""
    found = []
    cause: BaseException | None = error
    while cause is not None:
        found.append(type(cause).__name__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _trace(error: BaseException) -> list[str]:
    """Where it was raised: file, line and function, the innermost last."""
    return [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
