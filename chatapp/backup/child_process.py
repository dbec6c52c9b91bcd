"""Makes a backup in a process of its own, at a low priority, beside a process that serves."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from chatapp.backup.errors import BackupFailed
from chatapp.config import Settings
from chatapp.eventloop.thread_pool import BACKGROUND_NICENESS

POLL_SECONDS = 0.2
PACKAGE_FOLDER = str(Path(__file__).resolve().parent.parent.parent)
SAID_BYTES = 4_096
SENTENCE = "Error: "
"""What the command begins the sentence with that says what went wrong."""


def back_up(settings: Settings, may_go_on: Callable[[], bool]) -> str:
    """Runs `chatapp backup` with these settings until its end, waiting cooperatively. Returns what else it has to say:
    files that are missing, for example.

    Raises BackupFailed with its sentence, and InterruptedError if it was ended since it may not go on.
    """
    folders = dict.fromkeys([PACKAGE_FOLDER, *(path for path in sys.path if path)])
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(folders),
        "CHATAPP_INSTANCE": settings.instance,
        "CHATAPP_DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-m", "chatapp", "backup", "--to", settings.backup_to, "--keep"]
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 this program
            [*command, str(settings.backup_keep)],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, BACKGROUND_NICENESS)
            while process.poll() is None:
                if not may_go_on():
                    raise InterruptedError
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        said.seek(0)
        text = said.read(SAID_BYTES).decode(errors="replace").strip()
    if process.returncode:
        raise BackupFailed(_sentence_in(text))
    return text


def _sentence_in(text: str) -> str:
    """The sentence that the command ended with. Of a traceback nothing is repeated, since it may hold anything."""
    last = text.splitlines()[-1] if text else ""
    return last.removeprefix(SENTENCE) if last.startswith(SENTENCE) else "`chatapp backup` has ended unexpectedly."
