"""The jobs of web push. `journal/push_jobs.py` adds them in the transactions of messages and of readings."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import current_app

from chatapp.jobs import enqueue
from chatapp.jobs.kind import Again, Kind, Services
from chatapp.journal import Journal, Transaction
from chatapp.journal.push_jobs import BURST, NOTIFY, TAKE_AWAY
from chatapp.push.sender import PushSender, Retry

RETRY = "push_retry"

CONVERSATIONS_AT_ONCE = 4
TIME_LIMIT_SECONDS = 120.0
"""A group of 1,000 members takes some seconds, and a push service that does not answer ten more."""


def _notify(services: Services, payload: Mapping[str, Any]) -> Again | None:
    retries, seconds = _sender().notify(payload["conversation"], services.job.created_at)
    if retries:
        _add(services.journal, retries)
    return None if seconds is None else Again(seconds + BURST.total_seconds())


def _retry(_services: Services, payload: Mapping[str, Any]) -> Again | None:
    """A newer notification of the same conversation, which waits for its own next attempt, is enough."""
    left = _sender().retry(Retry(**payload))
    return None if left is None else Again(left.seconds, asdict(left))


def _take_away(_services: Services, payload: Mapping[str, Any]) -> None:
    _sender().take_away(payload["conversation"])


def _sender() -> PushSender:
    sender: PushSender = current_app.extensions["chatapp.push"]
    return sender


def _add(journal: Journal, retries: Sequence[Retry]) -> None:
    def write(transaction: Transaction) -> None:
        for retry in retries:
            key = f"{retry.conversation_id} {retry.session_id}"
            enqueue(transaction, RETRY, asdict(retry), delay=timedelta(seconds=retry.seconds), key=key)

    journal.write(write)


KINDS = (
    Kind(NOTIFY, _notify, at_once=CONVERSATIONS_AT_ONCE, time_limit_seconds=TIME_LIMIT_SECONDS),
    Kind(RETRY, _retry, at_once=CONVERSATIONS_AT_ONCE, time_limit_seconds=TIME_LIMIT_SECONDS),
    Kind(TAKE_AWAY, _take_away, at_once=CONVERSATIONS_AT_ONCE, time_limit_seconds=TIME_LIMIT_SECONDS),
)
