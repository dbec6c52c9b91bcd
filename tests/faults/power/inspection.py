"""Looks at the files that a power loss has left: is the database sound, and is everything there that was acked?"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from chatapp.files.keys import key_of
from tests.faults.power.traffic import Acked

DATABASE = "chatapp.db"
KEY_CHARACTERS = 64
"""Of the file with the key that signs tokens."""


@dataclass
class Found:
    """`lost` are acked messages that are not there, `faults` sentences about everything else that is wrong."""

    lost: list[Acked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def put_into(folder: Path, content: dict[str, bytes]) -> None:
    """Makes the folder anew, with these files by their paths in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def inspect(folder: Path, acked: Iterable[Acked]) -> Found:
    """`acked` are the messages whose acks had arrived when the power was lost."""
    found = Found()
    acked = list(acked)
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            stored = _check(connection, folder, found)
    except sqlite3.Error as error:
        found.faults.append(f"the database cannot be read: {error}")
        stored = {}
    found.lost = [one for one in acked if one.client_id not in stored or one.file_hash not in stored[one.client_id]]
    key = folder / "secret_key"
    if key.exists() and len(key.read_text()) != KEY_CHARACTERS:
        found.faults.append("the key that signs tokens is not complete")
    if acked and not key.exists():
        found.faults.append("the key that signs tokens is gone")
    return found


def _check(connection: sqlite3.Connection, folder: Path, found: Found) -> dict[str, set[str | None]]:
    """Returns the hashes of the files of each message by its client id; None stands for the message itself."""
    for (said,) in connection.execute("PRAGMA integrity_check"):
        if said != "ok":
            found.faults.append(f"integrity_check: {said}")
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        found.faults.append("rows refer to rows that are not there")
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'message_file'").fetchall():
        return {}
    stored: dict[str, set[str | None]] = {}
    rows = """SELECT client_id, blob_hash FROM message
    LEFT JOIN message_file USING (conversation_id, sequence)"""
    for client_id, file_hash in connection.execute(rows):
        stored.setdefault(client_id, {None}).add(file_hash)
        if file_hash is not None and not _is_stored(folder, file_hash):
            found.faults.append(f"the file {file_hash} of a message is not there, or not complete")
    _check_sequences(connection, found)
    return stored


def _is_stored(folder: Path, file_hash: str) -> bool:
    path = folder / "uploads" / key_of(file_hash)
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == file_hash


def _check_sequences(connection: sqlite3.Connection, found: Found) -> None:
    counted = """SELECT id, last_sequence, count(message.sequence), max(message.sequence) FROM conversation
    LEFT JOIN message ON conversation_id = id GROUP BY id"""
    for number, last, count, highest in connection.execute(counted):
        if not last == count == (highest or 0):
            found.faults.append(f"conversation {number} has {count} messages up to {highest} and counts {last}")
