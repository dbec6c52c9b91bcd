"""Has a picture re-encoded by `worker.py`, a process with limits, while this process goes on."""

import logging
import threading
from pathlib import Path
from typing import IO

from chatapp.decoder_process import run, scratch_file
from chatapp.errors import InternalError, PictureUnreadable, TooManyPixels, Unavailable
from chatapp.pictures.worker import LARGEST_RESULT_BYTES, MOST_PIXELS, TOO_MANY_PIXELS, UNREADABLE

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
WORKER_SECONDS = 20.0
"""Longest run of the worker, on a machine with little time for it."""
QUEUE_SECONDS = 10.0
"""Longest wait for the pictures of others: one at a time is re-encoded, so that they take one core at most."""

_turn = threading.Semaphore()


def reencode(data: bytes) -> bytes:
    """A picture as a WebP of 256 x 256 pixels without metadata.

    Waits cooperatively: other greenlets and threads run meanwhile. Raises PictureUnreadable, TooManyPixels, and
    Unavailable if too many other pictures are before it.
    """
    if not _turn.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable("Too many pictures are being read at the moment. Please try again.")
    try:
        with scratch_file() as source, scratch_file() as result:
            source.write(data)
            source.seek(0)
            _check(run(WORKER, (), (source, result), WORKER_SECONDS))
            return _result_in(result)
    finally:
        _turn.release()


def _check(status: int) -> None:
    if status == TOO_MANY_PIXELS:
        limit = MOST_PIXELS // 1_000_000
        raise TooManyPixels(f"The picture has more than {limit} megapixels.", limit=MOST_PIXELS)
    if status == UNREADABLE or status < 0:
        raise PictureUnreadable("The picture is damaged, or is no JPEG, PNG, WebP or GIF.")
    if status != 0:
        log.error("The worker for pictures failed with status %s", status)
        raise InternalError


def _result_in(file: IO[bytes]) -> bytes:
    """What the worker has written. It may be anything, if a picture has got hold of the worker."""
    file.seek(0)
    found = file.read(LARGEST_RESULT_BYTES)
    if found[:4] != b"RIFF" or found[8:12] != b"WEBP":
        raise PictureUnreadable("The picture cannot be read.")
    return found
