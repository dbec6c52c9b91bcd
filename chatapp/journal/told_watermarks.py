"""Keeps what people have been told of watermarks until the database has it.

The writer stores watermarks in bursts, some time after senders have seen their ticks. Without this file a process that
is killed in between would take ticks back: nobody else knows of them. See docs/decisions/0056-told-watermarks.md.
"""

import logging
import os
import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from struct import Struct

from chatapp.journal.drafts import Watermark, WatermarkUpdates

log = logging.getLogger(__name__)

RECORD = Struct("<qqqq")
"""A conversation's id, a user's id, the delivered and the read watermark."""

NAME_CHARACTERS = 16
"""Of the hash that names the files of a process."""


class ToldWatermarks:
    """Two files of a process, which are written by turns. Writing costs microseconds: nothing is synced to the disk,
    since what a process has written outlives it in any case. Safe to use from any thread.

    The writer takes the raised watermarks (`mark`), commits them, and calls `forget`. What was noted before `mark` is
    stored then, and its file is emptied; what is noted meanwhile goes to the other file.
    """

    def __init__(self, folder: str | Path, database_url: str, port: int) -> None:
        """The files belong to the process of this port, and to this database."""
        name = sha256(f"{database_url} {port}".encode()).hexdigest()[:NAME_CHARACTERS]
        self._paths = [Path(folder) / f"told-watermarks-{name}-{number}" for number in range(2)]
        flags = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        self._current, self._other = (os.open(path, flags, 0o600) for path in self._paths)
        self._is_other_empty = False
        self._has_failed = False
        self._is_closed = False
        self._lock = threading.Lock()

    def unstored(self) -> WatermarkUpdates:
        """What an earlier process has told, and perhaps not stored."""
        found: dict[tuple[int, int], Watermark] = {}
        for path in self._paths:
            content = path.read_bytes()
            for *key, delivered, read in RECORD.iter_unpack(content[: len(content) // RECORD.size * RECORD.size]):
                known = found.get((key[0], key[1]), Watermark(0, 0))
                found[key[0], key[1]] = Watermark(max(known.delivered, delivered), max(known.read, read))
        return found

    def note(self, conversation_id: int, marks: Iterable[tuple[int, int, int]]) -> None:
        """Call this before anybody is told: the delivered and the read watermark of users, by their id."""
        content = b"".join([RECORD.pack(conversation_id, *mark) for mark in marks])
        with self._lock:
            if self._is_closed:
                return
            try:
                cut_off = os.write(self._current, content) % RECORD.size
                if cut_off:
                    # A disk that gets full takes a part. What is noted later would be read at the wrong places.
                    os.ftruncate(self._current, os.fstat(self._current).st_size - cut_off)
            except OSError as error:
                # Most likely a full disk. The tick is told all the same, and only a kill would take it back.
                if not self._has_failed:
                    log.warning("Ticks that are told could not be noted: %s", error)
                self._has_failed = True

    def mark(self) -> None:
        """Call this when raised watermarks are taken to be stored."""
        with self._lock:
            # Otherwise the last ones were not stored. Those will be, together with what is taken now.
            if self._is_other_empty:
                self._current, self._other = self._other, self._current
                self._is_other_empty = False

    def forget(self) -> None:
        """Call this when what was taken is stored."""
        with self._lock:
            if not (self._is_other_empty or self._is_closed):
                os.ftruncate(self._other, 0)
                self._is_other_empty = True

    def close(self) -> None:
        """Closes the files. Nothing is noted any more."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                os.close(self._current)
                os.close(self._other)
