"""Scheduled messages of a batch: their present text and files are taken, and they are gone, in the transaction that
sends them.

So a crash leaves a message scheduled or sent, never both, and of several processes one sends it. The job that sends it
is gone in the same transaction.
"""

from collections.abc import Sequence
from typing import Any

from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.errors import ChatError, Forbidden, NotFound
from chatapp.jobs import finish_rows
from chatapp.journal.drafts import MessageDraft, Outcome
from chatapp.journal.scheduled_files import files_in
from chatapp.models.base import to_microseconds
from chatapp.models.scheduled_message import WAITING
from chatapp.notices import Notice, UserChanged

# On PostgreSQL the user's row is locked, as by everything that changes what is the user's own. Users are locked before
# conversations, as by the writes of the same transaction.
ROW = """SELECT s.content, s.reply_to, s.files, u.is_active AND NOT EXISTS (
    SELECT 1 FROM suspension x WHERE x.user_id = u.id AND (x.until IS NULL OR x.until > ?)
), s.status, s.due_at
FROM scheduled_message s JOIN "user" u ON u.id = s.user_id
WHERE s.user_id = ? AND s.client_id = ? AND s.status <> 'gone'"""
SENDING = "scheduled_message"
"""The kind of the jobs that send them."""

LOCK = 'SELECT id FROM "user" WHERE id = ? FOR NO KEY UPDATE'

NEXT_USER_REVISION = 'UPDATE "user" SET revision = revision + 1 WHERE id = ? RETURNING revision'

SENT = """UPDATE scheduled_message SET content = '', files = '', status = 'gone', failure_code = NULL,
failure_message = NULL, user_revision = ? WHERE user_id = ? AND client_id = ?"""
FAILED = """UPDATE scheduled_message SET status = 'failed', failure_code = ?, failure_message = ?,
user_revision = ? WHERE user_id = ? AND client_id = ?"""


def job_key(user_id: int, client_id: str | None) -> str:
    """The key of the job that sends a scheduled message."""
    return f"{user_id}/{client_id}"


class ScheduledDrafts:
    """The drafts of a batch that are scheduled messages."""

    def __init__(self, connection: WriterConnection, drafts: Sequence[MessageDraft]) -> None:
        self._connection = connection
        self._refused: dict[int, ChatError] = {}
        """By the identity of the draft."""
        self._taken: dict[int, tuple[int, str | None]] = {}
        wanted = sorted((draft for draft in drafts if draft.is_scheduled), key=lambda draft: draft.sender_id)
        for draft in wanted:
            self._take(draft)

    def refusal_of(self, draft: MessageDraft) -> ChatError | None:
        """Why a draft must not be sent at all; None for any other draft."""
        return self._refused.get(id(draft)) if draft.is_scheduled else None

    def settle(self, drafts: Sequence[MessageDraft], outcomes: Sequence[Outcome]) -> list[Notice]:
        """Stores what has become of each: it is sent and gone, or stays in the list with the reason."""
        notices: list[Notice] = []
        if self._taken:
            finish_rows(self._connection, SENDING, [job_key(*key) for key in self._taken.values()])
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if id(draft) in self._taken:
                key = (draft.sender_id, draft.client_id)
                revision = self._one(NEXT_USER_REVISION, (draft.sender_id,))[0]
                if isinstance(outcome, ChatError):
                    self._connection.execute(FAILED, (outcome.code, outcome.message, revision, *key))
                else:
                    self._connection.execute(SENT, (revision, *key))
                notices.append(UserChanged(draft.sender_id, revision))
        return notices

    def _take(self, draft: MessageDraft) -> None:
        """Gives the draft its present text and files. It may have been sent, changed or deleted since it was queued."""
        if not self._connection.is_sqlite:
            self._one(LOCK, (draft.sender_id,))
        row = self._one(ROW, (to_microseconds(now()), draft.sender_id, draft.client_id))
        if row is None or (draft.must_be_due and (row[4] != WAITING or row[5] > to_microseconds(now()))):
            self._refused[id(draft)] = NotFound("There is no such scheduled message.", clientId=draft.client_id)
            return
        draft.content, draft.reply_to, files, is_open = row[:4]
        draft.files = files_in(files)
        self._taken[id(draft)] = (draft.sender_id, draft.client_id)
        if not is_open:
            self._refused[id(draft)] = Forbidden("This account is closed or suspended.")

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        return self._connection.execute(sql, values).fetchone()
