"""Stored files as a response reads them."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.eventloop.transfer_turns import TURN_BYTES
from chatapp.files.local_storage import LocalStorage
from chatapp.files.stored_file import READ_BYTES, StoredFile
from tests.servers import ROOT

DATA = random.Random(1).randbytes(3 * READ_BYTES + 7)
KEY = f"00/{'0' * 64}"


@pytest.fixture
def file(tmp_path: Path) -> StoredFile:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    storage = LocalStorage(tmp_path / "stored")
    storage.put(KEY, source)
    return StoredFile(storage, KEY, len(DATA))


@pytest.mark.parametrize("size", [1_000, TURN_BYTES, READ_BYTES, READ_BYTES + 1, len(DATA), -1])
def test_it_is_read_whole_in_pieces_of_any_size(file: StoredFile, size: int) -> None:
    found = b""
    while piece := file.read(size):
        assert size < 0 or len(piece) <= size
        found += piece
        assert file.tell() == len(found)
    assert found == DATA


def test_it_is_read_from_another_place(file: StoredFile) -> None:
    assert file.read(10) == DATA[:10]
    file.seek(READ_BYTES - 5)
    assert file.read(10) == DATA[READ_BYTES - 5 : READ_BYTES + 5]
    file.seek(-3, 2)
    assert file.read(10) == DATA[-3:]


def test_however_many_are_read_an_iteration_of_the_event_loop_gives_one_piece(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.files.transfer_turns_in_eventlet",
        str(tmp_path / "stored"),
        "10",
    ]
    done = subprocess.run([*command, str(source)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"equal": True, "most": TURN_BYTES}
