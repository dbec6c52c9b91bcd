"""Runs the load generator and the limit program, and builds both."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .servers import HERE, LOAD_CORE, SERVER_CORE, BenchError, Server, node

BUILD = HERE / "results" / "build"


class Load:
    """One load generator process for one server. `ask` sends it a command and returns the answer.

    Entering the context waits until the server is ready, so that several servers can start in parallel.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process = subprocess.Popen(
            [node(), str(HERE / "load" / "main.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        os.sched_setaffinity(self.process.pid, {LOAD_CORE})

    def __enter__(self) -> "Load":
        server = self.server
        try:
            server.wait_until_ready()
            self.ask("use", httpPort=server.http_port, wsPort=server.ws_port, pid=server.pid)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, command: str, **plan: Any) -> dict[str, Any]:
        line = self._exchange(json.dumps({"do": command, **plan}))
        if not line:
            raise BenchError(f"The load generator for {self.server.spec.name} ended during {command}.")
        answer: dict[str, Any] = json.loads(line)
        self.server.check_alive()
        if not answer["ok"]:
            raise BenchError(f"{command} on {self.server.spec.name}: {answer['error']} (log: {self.server.log})")
        return answer

    def _exchange(self, line: str) -> str:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise BenchError("The load generator has no pipes.")
        stdin.write(line + "\n")
        stdin.flush()
        return stdout.readline()


def limit(groups: int, size: int, in_flight: int, content_bytes: int, seconds: float) -> dict[str, Any]:
    """Runs the same fan-out with only the kernel's work. Returns messages, deliveries, and the server's CPU seconds."""
    numbers = [groups, size, in_flight, content_bytes, seconds, SERVER_CORE, LOAD_CORE]
    command = [str(BUILD / "limit"), *map(str, numbers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def build() -> None:
    """Installs the Node packages and compiles the limit program if they are missing or older than their source."""
    source, binary = HERE / "limit" / "limit.c", BUILD / "limit"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        BUILD.mkdir(parents=True, exist_ok=True)
        run([os.environ.get("CC", "cc"), "-O2", "-Wall", "-o", str(binary), str(source)])
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run([node(), npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        installed.touch()


def npm() -> str:
    """Returns the npm script that belongs to the Node in use."""
    binary = Path(node()).resolve()
    for candidate in ("lib/node_modules/npm", "share/nodejs/npm"):
        script = binary.parent.parent / candidate / "bin" / "npm-cli.js"
        if script.exists():
            return str(script)
    raise BenchError(f"No npm beside {binary}")


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
