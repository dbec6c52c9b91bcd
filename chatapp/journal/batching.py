"""Batches work into one transaction, and splits a failed batch."""

from collections import deque

from chatapp.journal.drafts import MessageDraft, Watermark, WatermarkUpdates
from chatapp.journal.transaction import QueuedDraft, Work

BATCH_LIMIT = 500
"""Drafts in one transaction. Limits the parameters of a statement (SQLite allows 32,766) and the latency of a batch."""

BATCH_CHARACTERS = 262_144
"""Characters of content in one transaction, and so in one fan-out. A connection's buffer holds that much, and readers
can drain it before the next fan-out."""


def take_drafts(queue: deque[QueuedDraft]) -> list[QueuedDraft]:
    """Removes the oldest drafts from the queue, up to the limits of one transaction."""
    drafts: list[QueuedDraft] = []
    size = 0
    while queue and len(drafts) < BATCH_LIMIT and size < BATCH_CHARACTERS:
        drafts.append(queued := queue.popleft())
        if isinstance(queued.draft, MessageDraft):
            size += len(queued.draft.content)
    return drafts


def split(work: Work) -> list[Work]:
    """Returns one part for each write and each draft, and a last one for all watermarks."""
    writes = [Work(writes=[write]) for write in work.writes]
    drafts = [Work(drafts=[draft]) for draft in work.drafts]
    return [*writes, *drafts, *([Work(watermarks=work.watermarks)] if work.watermarks else [])]


def merge_watermarks(first: WatermarkUpdates, second: WatermarkUpdates) -> WatermarkUpdates:
    """The watermarks of both. If both have one, the higher counts."""
    merged = dict(first)
    for key, watermark in second.items():
        known = merged.get(key, watermark)
        merged[key] = Watermark(max(known.delivered, watermark.delivered), max(known.read, watermark.read))
    return merged
