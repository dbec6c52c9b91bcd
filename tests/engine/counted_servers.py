"""Servers whose objects can be counted: eventlet's own, and gunicorn with the committed configuration."""

import sys
from pathlib import Path

import requests

from tests.engine.raw_websocket import Raw
from tests.servers import Server

COMMANDS = {
    "eventlet.wsgi": [sys.executable, "-W", "ignore", "-m", "tests.engine.server_with_counters"],
    "gunicorn": [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "gunicorn",
        "-b",
        "127.0.0.1:{port}",
        "tests.engine.server_with_counters:app",
    ],
}


class Observed:
    """One such server, with connections to it."""

    def __init__(self, name: str, instance: Path, database: str, **settings: object) -> None:
        self.server = Server(instance, COMMANDS[name], one_port=True, CHATAPP_DATABASE_URL=database, **settings)
        self.server.start(self.server.ws + "/readyz")
        self._raws: list[Raw] = []

    @property
    def pids(self) -> list[int]:
        """The process and its workers."""
        assert self.server.process is not None
        own = self.server.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]

    @property
    def descriptors(self) -> int:
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self.pids)

    def counts(self) -> dict[str, int]:
        """Counts the objects that the process holds."""
        found: dict[str, int] = requests.get(self.server.ws + "/debug/objects", timeout=20).json()
        return found

    def raw(self) -> Raw:
        self._raws.append(Raw(self.server))
        return self._raws[-1]

    def stop(self) -> int:
        for raw in self._raws:
            raw.drop()
        return self.server.stop()
