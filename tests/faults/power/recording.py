"""A server whose changes of files are recorded by strace, from its start to its end."""

import time
from pathlib import Path
from typing import Any

from tests.faults.power.disk import Disk
from tests.faults.power.system_calls import OPTIONS, read_calls
from tests.servers import SERVE, Server
from tests.web.browser import find

TRACE_SECONDS = 60.0
"""How long strace may need to write what it has seen, after the end of the server."""


class RecordedServer(Server):
    """Its database is in its instance folder, which is empty before its start."""

    def __init__(self, instance: Path, **settings: Any) -> None:
        self.trace = instance.with_suffix(".strace")
        # Installed from its Debian package if it is missing.
        strace = [find(("strace",), "strace"), *OPTIONS, "-o", str(self.trace)]
        super().__init__(instance, [*strace, *SERVE, "--demo", "0"], is_cold=True, **settings)

    def disk(self) -> Disk:
        """What was recorded. The server has ended."""
        assert self.process is not None
        assert self.process.poll() is not None, "the server runs"
        deadline = time.monotonic() + TRACE_SECONDS
        while not self._is_complete():
            assert time.monotonic() < deadline, "strace does not end"
            time.sleep(0.05)
        with self.trace.open() as lines:
            return Disk(self.instance).replay(read_calls(lines, str(self.instance)))

    def _is_complete(self) -> bool:
        assert self.process is not None
        with self.trace.open("rb") as file:
            file.seek(max(0, self.trace.stat().st_size - 4_096))
            last = file.read().decode(errors="replace").splitlines()
        return any(line.startswith(f"{self.process.pid} ") and "+++ " in line for line in last)
