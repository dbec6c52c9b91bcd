"""Sends a scheduled message when it is due: a kind of job, whose key names the message."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from chatapp.actions.scheduled_messages import due_draft
from chatapp.clock import now
from chatapp.errors import InternalError, NotFound, Unavailable
from chatapp.jobs.kind import Backoff, Kind, Services
from chatapp.journal.drafts import Outcome
from chatapp.journal.scheduled import SENDING
from chatapp.prepared_statements import release_connection

MESSAGES_AT_ONCE = 50
"""They go into few transactions: the journal commits together what it is given together."""


def _send(services: Services, _payload: Mapping[str, Any]) -> None:
    """The journal sends the message, marks it as sent and deletes this job in one transaction. A refusal is stored with
    the message in the same way. Raises Unavailable and InternalError."""
    user_id, _, client_id = (services.job.key or "").partition("/")
    draft = due_draft(now(), int(user_id), client_id)
    release_connection()
    if draft is None:
        return
    answer: Future[Outcome] = Future()
    services.journal.send(draft, answer.set_result)
    outcome = answer.result()
    if isinstance(outcome, Unavailable | InternalError):
        raise outcome
    # What was put off or sent meanwhile is not found; then the job is not settled yet.
    services.job.is_settled = not isinstance(outcome, NotFound)


SCHEDULED_MESSAGE = Kind(
    SENDING,
    _send,
    most_attempts=20,
    backoff=Backoff(first_seconds=2, most_seconds=60),
    time_limit_seconds=5,
    at_once=MESSAGES_AT_ONCE,
)
