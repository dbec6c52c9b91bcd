"""What is told of watermarks while the disk gets full."""

import resource
from pathlib import Path

from chatapp.journal.drafts import Watermark
from chatapp.journal.told_watermarks import RECORD, ToldWatermarks

CONVERSATION = 7


def test_a_note_of_which_only_a_part_fits_spoils_no_other(tmp_path: Path) -> None:
    told = ToldWatermarks(tmp_path, "sqlite:///chat.db", 8087)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (RECORD.size + RECORD.size // 2, unlimited[1]))
    try:
        told.note(CONVERSATION, [(1, 2, 2), (2, 3, 3)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    told.note(CONVERSATION, [(3, 4, 4)])
    assert told.unstored() == {(CONVERSATION, 1): Watermark(2, 2), (CONVERSATION, 3): Watermark(4, 4)}
    told.close()
