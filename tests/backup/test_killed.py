"""A backup that is killed: nothing looks like an archive, nothing is in the way of the next one, nothing stays."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backup.installations import Installation
from tests.cli.running import expect_output
from tests.people import wait_until
from tests.servers import ROOT, environment

FILE_BYTES = 40_000_000
"""So much that the kill comes before the end."""
TWO_DAYS_SECONDS = 2 * 24 * 60 * 60


@pytest.mark.slow
@pytest.mark.parametrize("sign", [".chatapp-*", ".chatapp-*/archive.part"], ids=["at its begin", "while it writes"])
def test_a_backup_that_is_killed_leaves_no_archive_and_the_next_one_is_sound(
    chat: Installation, install: Callable[..., Installation], tmp_path: Path, sign: str
) -> None:
    chat.say(chat.browser("anna"), "a large file", random.Random(1).randbytes(FILE_BYTES))
    place = tmp_path / "backups"
    place.mkdir()
    variables = {"CHATAPP_INSTANCE": chat.folder, "CHATAPP_DATABASE_URL": chat.url}
    command = [sys.executable, "-m", "chatapp", "backup", "--to", str(place)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(**variables))
    wait_until(lambda: any(place.glob(sign)), "the backup has begun", 30)
    process.kill()
    process.wait(timeout=10)
    assert list(place.glob("*.tar")) == []
    (left,) = place.iterdir()
    # As if it had been killed two days ago.
    for path in (*left.iterdir(), left):
        os.utime(path, (time.time() - TWO_DAYS_SECONDS,) * 2)

    chat.index()
    rows, files = chat.rows(), chat.stored()
    expect_output(chat.run("backup", "--to", str(place)), 0)
    (archive,) = place.iterdir()
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(archive)), 0, "Restored")
    assert new.rows() == rows
    assert new.stored() == files
