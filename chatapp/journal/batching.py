"""How work is put together into a transaction, and taken apart again."""

from collections import deque

from chatapp.journal.drafts import Watermark
from chatapp.journal.transaction import QueuedDraft, WatermarkUpdates, Work

BATCH_LIMIT = 500
"""Drafts in one transaction; bounds the parameters of one statement (SQLite allows 32,766) and a batch's latency."""

BATCH_CHARACTERS = 262_144
"""Content in one transaction, and so in one fan-out: a connection's buffer holds that, and readers get a turn before
the next."""


def take_drafts(queue: deque[QueuedDraft]) -> list[QueuedDraft]:
    """The first of them: as many as one transaction may have."""
    found: list[QueuedDraft] = []
    size = 0
    while queue and len(found) < BATCH_LIMIT and size < BATCH_CHARACTERS:
        found.append(queue.popleft())
        size += len(found[-1].draft.content)
    return found


def parts_of(work: Work) -> list[Work]:
    jobs = [Work(jobs=[job]) for job in work.jobs]
    drafts = [Work(drafts=[draft]) for draft in work.drafts]
    return [*jobs, *drafts, *([Work(watermarks=work.watermarks)] if work.watermarks else [])]


def joined(one: WatermarkUpdates, other: WatermarkUpdates) -> WatermarkUpdates:
    """The higher of each."""
    found = dict(one)
    for key, mark in other.items():
        known = found.get(key, mark)
        found[key] = Watermark(max(known.delivered, mark.delivered), max(known.read, mark.read))
    return found
