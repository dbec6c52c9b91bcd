"""Splits a failed batch, and joins watermarks."""

from chatapp.journal.drafts import Watermark, WatermarkUpdates
from chatapp.journal.transaction import Work


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
