"""Erases messages whose retention is over, and what is left of deleted groups: two kinds of jobs that repeat."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chatapp.actions.groups import delete_left_messages
from chatapp.actions.retention import Due, erase_next, find_due
from chatapp.actions.retention_jobs import RETENTION
from chatapp.clock import now
from chatapp.jobs.kind import Again, Kind, Services

SWEEP_EVERY = timedelta(minutes=5)
"""How long a message can outlive its time. A sweep reads the oldest message of each conversation."""

PAUSE_SECONDS = 0.05
"""Time for others after each transaction and each read."""


def _sweep(services: Services, payload: Mapping[str, Any]) -> Again | None:
    """Goes through the conversations above the id `after` of the payload. One sweep works for all processes."""
    after: int = payload.get("after", 0)
    while services.has_time():
        due, following = find_due(now(), after)
        if not all(_erase(services, one) for one in due):
            break
        if following is None:
            return None
        after = following
        time.sleep(PAUSE_SECONDS)
    return Again(0, {"after": after})


def _erase(services: Services, due: Due) -> bool:
    """Returns whether all that is due was erased before the time was over."""
    while erase_next(services.journal, due):
        if not services.has_time():
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _delete_left(services: Services, _payload: Mapping[str, Any]) -> None:
    delete_left_messages(services.journal)


SWEEP = Kind(RETENTION, _sweep, every=SWEEP_EVERY)
DELETED_GROUPS = Kind("deleted_groups", _delete_left, every=timedelta(days=1))
"""A process deletes the messages of a group itself, right after the group. This is for one that was killed."""
