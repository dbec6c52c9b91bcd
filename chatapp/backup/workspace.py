"""The folder in which a backup is made or unpacked, and the lock that lets one run at a time."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from chatapp.backup.errors import BackupFailed
from chatapp.clock import now

LOCK = "backup.lock"
FORGOTTEN = timedelta(days=1)
"""How long nothing has changed in the workspace of a process that was killed."""


@contextmanager
def one_at_a_time(instance: Path) -> Iterator[None]:
    """Raises BackupFailed while another process is inside, with the same instance folder."""
    with open(instance / LOCK, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed("Another backup of this installation is being made or restored.") from None
        yield


@contextmanager
def workspace(parent: Path, installation: str) -> Iterator[Path]:
    """A new folder for its owner alone. It is removed at the end, and so are those that were forgotten."""
    prefix = f".chatapp-{installation}-"
    for path in parent.glob(prefix + "*"):
        if _is_forgotten(path):
            shutil.rmtree(path, ignore_errors=True)
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    except OSError as error:
        raise BackupFailed(f"{parent} cannot be used: {error.strerror}.") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_forgotten(folder: Path) -> bool:
    before = (now() - FORGOTTEN).timestamp()
    with suppress(FileNotFoundError):
        return all(path.stat().st_mtime < before for path in (folder, *folder.iterdir()))
    return False
