"""Real servers as child processes: on loopback and free ports, ended by their own pid."""

import contextlib
import functools
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner

from tests.fork_server import Fork, ForkServer

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
"""Longest wait for a start, which takes a second alone and much longer beside other tests on two cores."""

WORKERS = 8
"""The most pytest-xdist workers that have ports of their own."""

SERVE = [sys.executable, "-m", "chatapp", "serve"]
SOCKETS = [sys.executable, "ws.py"]
FLASK = [sys.executable, "-m", "flask", "run"]

PRODUCTION = ROOT / "tests" / "production"
"""Modules that shadow the packages which are installed for the tests alone."""


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Free ports below those that Linux gives to outgoing connections (32768 and up), so that none is taken between
    this call and the start of a server. Each pytest-xdist worker tries the ports of a range of its own in turn."""
    found: list[int] = []
    while len(found) < count:
        port = next(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("0.0.0.0", port))
                found.append(port)
    return found


def _ports_in_turn() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = 20_000 // WORKERS
    ports = range(10_000 + worker % WORKERS * size, 10_000 + (worker % WORKERS + 1) * size)
    # Two runs of the tests at once seldom try the same port.
    start = random.randrange(size)
    yield from itertools.cycle((*ports[start:], *ports[:start]))


_PORTS = _ports_in_turn()


def environment(**settings: Any) -> dict[str, str]:
    """The environment of a chatapp process: these settings, by variable name, and none of this process."""
    inherited = {name: value for name, value in os.environ.items() if name not in _own_settings()}
    path = os.pathsep.join(filter(None, (str(PRODUCTION), inherited.get("PYTHONPATH"))))
    # The processes resolve no names, and the imports of eventlet's resolver take a tenth of a start.
    given = {"PYTHONPATH": path, "EVENTLET_NO_GREENDNS": "yes", **settings}
    return {**inherited, **{name: str(value) for name, value in given.items()}}


@functools.cache
def _fork_server(*, is_patched: bool) -> ForkServer:
    return ForkServer(ROOT, environment(), is_patched=is_patched)


def fork_server(*, is_patched: bool) -> ForkServer:
    """Starts processes without their imports. Each pytest-xdist worker has its own."""
    with _starting:
        return _fork_server(is_patched=is_patched)


_starting = threading.Lock()
"""A cluster starts its processes at once, and by threads."""


def _own_settings() -> list[str]:
    """The settings in the environment of this process."""
    return [name for name in os.environ if name.startswith("CHATAPP_")]


class Server:
    """A chatapp process. `settings` are by variable name. Without ports among them, free ones are chosen: one for both
    HTTP and Socket.IO if `one_port`, otherwise two. `{port}` in a command stands for the Socket.IO port.

    SERVE, SOCKETS and FLASK are forked from a process that has imported chatapp, unless the start `is_cold`."""

    def __init__(
        self,
        instance: Path,
        command: list[str] | None = None,
        *,
        one_port: bool = False,
        is_cold: bool = False,
        **settings: Any,
    ) -> None:
        self.instance = instance
        self.is_cold = is_cold
        http, ws = free_ports(2)
        self.environment = {
            "CHATAPP_INSTANCE": str(instance),
            "CHATAPP_SIGN_IN": "username",
            # All clients come from one address, and send as fast as they can.
            "CHATAPP_REQUEST_RATE": "0",
            "CHATAPP_EVENT_RATE": "0",
            "CHATAPP_USER_CONNECTIONS": "0",
            "CHATAPP_ADDRESS_CONNECTIONS": "0",
            "CHATAPP_HTTP_PORT": str(http),
            "CHATAPP_WS_PORT": str(http if one_port else ws),
            **{name: str(value) for name, value in settings.items()},
        }
        words = command or [*SERVE, "--demo", "20"]
        self.command = [word.replace("{port}", self.environment["CHATAPP_WS_PORT"]) for word in words]
        self.process: subprocess.Popen[bytes] | Fork | None = None

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.environment['CHATAPP_HTTP_PORT']}"

    @property
    def ws(self) -> str:
        return f"http://127.0.0.1:{self.environment['CHATAPP_WS_PORT']}"

    @property
    def log(self) -> str:
        return (self.instance / "server.log").read_text()

    @property
    def resident_bytes(self) -> int:
        """The memory of the process that is in use, as the kernel counts it (VmRSS)."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024

    def start(self, ready: str | None = None) -> "Server":
        """Starts the process and waits until `ready` (by default /readyz of the HTTP side) answers 200."""
        self.instance.mkdir(parents=True, exist_ok=True)
        self.process = self._start_process()
        try:
            self._wait_until_ready(ready or self.http + "/readyz")
        except BaseException:
            # No fixture stops a server that did not start.
            self.kill()
            raise
        return self

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs a `chatapp` command on the same database, in this process: a process of its own imports for a second."""
        from chatapp.cli import main

        # None removes a variable of this process.
        settings = {**dict.fromkeys(_own_settings()), **self.environment}
        ended = CliRunner().invoke(main, words, prog_name="chatapp", env=settings, catch_exceptions=False)
        return subprocess.CompletedProcess(words, ended.exit_code, ended.stdout, ended.stderr)

    def stop(self) -> int:
        """Stops the process gracefully and returns its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kills the process without any cleanup of its own."""
        self._end(signal.SIGKILL)

    def _start_process(self) -> subprocess.Popen[bytes] | Fork:
        variables = environment(**self.environment)
        with (self.instance / "server.log").open("ab") as log:
            if self.is_cold or not self._is_like(SERVE, SOCKETS, FLASK) or "CHATAPP_ASYNC_MODE" in variables:
                return subprocess.Popen(self.command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        return fork_server(is_patched=not self._is_like(FLASK)).start(self.command[1:], variables, Path(log.name))

    def _is_like(self, *commands: list[str]) -> bool:
        return any(self.command[: len(command)] == command for command in commands)

    def _end(self, number: int) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=15)
            raise

    def _wait_until_ready(self, address: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended with {self.process.returncode}:\n{self.log}")
            try:
                if requests.get(address, timeout=1).status_code == 200:
                    return
            except (requests.ConnectionError, requests.Timeout):
                pass  # gunicorn listens before its worker runs
            time.sleep(0.05)
        raise AssertionError(f"The server did not become ready:\n{self.log}")
