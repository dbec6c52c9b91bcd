"""Has a picture re-encoded by `worker.py`, a process with limits, while this process goes on."""

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from chatapp.clock import monotonic
from chatapp.errors import InternalError, PictureUnreadable, TooManyPixels, Unavailable
from chatapp.pictures.worker import LARGEST_RESULT_BYTES, MOST_PIXELS, TOO_MANY_PIXELS, UNREADABLE

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
WORKER_SECONDS = 20.0
"""Longest run of the worker, on a machine with little time for it."""
QUEUE_SECONDS = 10.0
"""Longest wait for the pictures of others: one at a time is re-encoded, so that they take one core at most."""
POLL_SECONDS = 0.01

_turn = threading.Semaphore()


def reencode(data: bytes) -> bytes:
    """A picture as a WebP of 256 x 256 pixels without metadata.

    Waits cooperatively: other greenlets and threads run meanwhile. Raises PictureUnreadable, TooManyPixels, and
    Unavailable if too many other pictures are before it.
    """
    if not _turn.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable("Too many pictures are being read at the moment. Please try again.")
    try:
        with _scratch_file() as source, _scratch_file() as result:
            source.write(data)
            source.seek(0)
            _check(_wait(_start(source, result)))
            return _result_in(result)
    finally:
        _turn.release()


def _scratch_file() -> IO[bytes]:
    """A file without a name. On Linux it is in memory, so that no picture as it was sent reaches the disk."""
    if sys.platform == "linux":
        return open(os.memfd_create("picture"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _start(source: IO[bytes], result: IO[bytes]) -> int:
    """Starts the worker and returns its process id. It is given neither this process's environment, which may hold
    secrets, nor its descriptors, all of which close on exec. `posix_spawn` copies no memory of a large process."""
    command = [sys.executable, "-s", "-S", "-P", str(WORKER)]
    # The libraries are where this process finds them, whatever installed them.
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    files = [(os.POSIX_SPAWN_DUP2, source.fileno(), 0), (os.POSIX_SPAWN_DUP2, result.fileno(), 1)]
    return os.posix_spawn(sys.executable, command, environment, file_actions=files)


def _wait(process_id: int) -> int:
    """Waits for the process and returns its exit status, which is negative for a signal. Kills it when it takes too
    long, or when the wait itself is broken off."""
    deadline = monotonic() + WORKER_SECONDS
    try:
        while monotonic() < deadline:
            ended, status = os.waitpid(process_id, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(POLL_SECONDS)
    except BaseException:
        _kill(process_id)
        raise
    return _kill(process_id)


def _kill(process_id: int) -> int:
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(process_id, 0)
    return -signal.SIGKILL


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
