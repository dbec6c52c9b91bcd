"""Runs a program of chatapp's that decodes the files of strangers, in a process of its own, while this one goes on.

The program limits itself by `decoder_limits.py`. It is given descriptors and no paths, and nothing of the environment.
"""

import fcntl
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from chatapp.clock import monotonic

POLL_SECONDS = 0.01
PACKAGE_FOLDER = str(Path(__file__).resolve().parent.parent)
STANDARD_ERROR = 2
FREE_DESCRIPTOR = 64
"""Above every number that a program is given. A copy of a descriptor up here is overwritten by no other's place."""


def scratch_file() -> IO[bytes]:
    """A file without a name. On Linux it is in memory, so that nothing that is in it reaches the disk."""
    if sys.platform == "linux":
        return open(os.memfd_create("scratch"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def run(program: Path, arguments: Sequence[str], files: Sequence[IO[bytes]], seconds: float) -> int:
    """Runs the program until its end and returns its exit status, which is negative for a signal.

    The files become its descriptors 0, 1, 3, 4 and so on; 2 is the standard error of this process. Waits cooperatively:
    other greenlets and threads run meanwhile. Kills the program when it takes longer, or when the wait is broken off.
    """
    return _wait(_start([str(program), *arguments], files), seconds)


def _start(program: list[str], files: Sequence[IO[bytes]]) -> int:
    """Starts the program and returns its process id. It is given neither this process's environment, which may hold
    secrets, nor its descriptors, all of which close on exec. `posix_spawn` copies no memory of a large process."""
    command = [sys.executable, "-s", "-S", "-P", *program]
    # The libraries are where this process finds them, whatever installed them.
    folders = dict.fromkeys([PACKAGE_FOLDER, *(path for path in sys.path if path)])
    environment = {"PYTHONPATH": os.pathsep.join(folders)}
    numbers = [*range(STANDARD_ERROR), *range(STANDARD_ERROR + 1, len(files) + 1)][: len(files)]
    copies = [fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR) for file in files]
    try:
        actions = [(os.POSIX_SPAWN_DUP2, copy, number) for copy, number in zip(copies, numbers, strict=True)]
        return os.posix_spawn(sys.executable, command, environment, file_actions=actions)
    finally:
        for copy in copies:
            os.close(copy)


def _wait(process_id: int, seconds: float) -> int:
    deadline = monotonic() + seconds
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
