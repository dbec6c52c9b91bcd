"""Starts processes of chatapp by forking one that has imported it: the imports take a second, a fork takes none.

`python -m tests.fork_server` is the process that forks. It reads a request a line, as JSON, and answers by a line.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.01

PATCHED = "patched"
"""The argument for a process whose standard library is eventlet's, as in all processes that serve sockets."""

IMPORTED = ("alembic.command", "alembic.config", "chatapp.cli", "chatapp.factory", "chatapp.migrations", "flask.cli")
IMPORTED_TO_SERVE = (
    "chatapp.garbage_collector",
    "chatapp.http_listener.listener",
    "chatapp.realtime",
    "chatapp.realtime.engine.socketio_server",
    "chatapp.serve",
)


class Fork:
    """A forked process, with those methods of subprocess.Popen that the tests need."""

    def __init__(self, server: "ForkServer", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        """Returns the exit status, which is negative after a signal; None while the process runs."""
        if self.returncode is None:
            self.returncode = self._server.ask({"status_of": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Returns the exit status. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(POLL_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        """Does nothing if the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that forks. It ends with the process that made this object."""

    def __init__(self, folder: Path, environment: dict[str, str], *, is_patched: bool) -> None:
        command = [sys.executable, "-m", "tests.fork_server", *([PATCHED] if is_patched else [])]
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # Ends the process, and waits for it.
        atexit.register(self._process.communicate)

    def start(self, words: list[str], environment: dict[str, str], log: Path) -> Fork:
        """Does what `python` does with these words and this environment. The output is appended to the file `log`."""
        return Fork(self, self.ask({"words": words, "environment": environment, "log": str(log)}))

    def ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


def main() -> None:
    if PATCHED in sys.argv:
        from chatapp.eventloop.patching import patch

        patch()
    for name in (*IMPORTED, *(IMPORTED_TO_SERVE if PATCHED in sys.argv else ())):
        import_module(name)
    from tests.quick_hashes import hash_quickly

    hash_quickly()
    gc.freeze()
    words = answer_requests()
    if words[:1] == ["-m"]:
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def answer_requests() -> list[str]:
    """Answers until the standard input ends. In a fork, returns the words that it was started with."""
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "status_of" in request:
            answer = status_of(request["status_of"])
        else:
            answer = os.fork()
            if answer == 0:
                become(request)
                return list(request["words"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    return []


def status_of(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def become(request: dict[str, Any]) -> None:
    """Gives a fork the environment and the output that were asked for."""
    os.environ.clear()
    os.environ.update(request["environment"])
    redirect(0, os.devnull, os.O_RDONLY)
    for descriptor in (1, 2):
        redirect(descriptor, request["log"], os.O_WRONLY | os.O_APPEND)


def redirect(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags)
    os.dup2(opened, descriptor)
    os.close(opened)


if __name__ == "__main__":
    main()
