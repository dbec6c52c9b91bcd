"""Starts `chatapp serve` by forking a process that has imported it: the imports take a second, a fork takes none.

`python -m tests.fork_server` is that process. It reads one request a line, as JSON, and answers each by a line.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.01

MODULES = (
    "alembic.command",
    "alembic.config",
    "chatapp.cli",
    "chatapp.factory",
    "chatapp.garbage_collector",
    "chatapp.http_listener.listener",
    "chatapp.migrations",
    "chatapp.realtime",
    "chatapp.realtime.engine.socketio_server",
    "chatapp.serve",
)
"""What `chatapp serve` imports before it listens."""


class Fork:
    """A forked process, with the methods of subprocess.Popen that tests call."""

    def __init__(self, server: "ForkServer", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        """Returns the exit status as Popen does, None while the process runs."""
        if self.returncode is None:
            self.returncode = self._server.ask({"status_of": self.pid})
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        """Waits `timeout` seconds for the exit status. Raises subprocess.TimeoutExpired after them."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that forks. It ends with this one."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.fork_server"]
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, words: list[str], environment: dict[str, str], log: Path) -> Fork:
        """Starts `chatapp` with these arguments and this environment; its output is appended to the file `log`."""
        return Fork(self, self.ask({"words": words, "environment": environment, "log": str(log)}))

    def ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


def answer_requests() -> None:
    """Answers requests until the standard input ends. Returns in the forks too, which then run what was asked for."""
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "status_of" in request:
            answer = status_of(request["status_of"])
        else:
            answer = os.fork()
            if answer == 0:
                become(request)
                return
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def status_of(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def become(request: dict[str, Any]) -> None:
    """Gives a fork the arguments, the environment and the output that were asked for."""
    sys.argv = ["chatapp", *request["words"]]
    os.environ.clear()
    os.environ.update(request["environment"])
    for name, flags, descriptors in (
        (os.devnull, os.O_RDONLY, (0,)),
        (request["log"], os.O_WRONLY | os.O_APPEND, (1, 2)),
    ):
        opened = os.open(name, flags)
        for descriptor in descriptors:
            os.dup2(opened, descriptor)
        os.close(opened)


def main() -> None:
    from chatapp.eventloop.patching import patch

    patch()
    for name in MODULES:
        import_module(name)
    gc.freeze()
    answer_requests()
    if sys.argv[1:]:
        from chatapp.cli import main as chatapp

        chatapp(prog_name="chatapp")


if __name__ == "__main__":
    main()
