"""Starts servers that die at a certain point or whose clock is wrong, see `altered_server.py`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.altered_server import POINTS
from tests.people import wait_until
from tests.servers import Server, environment, fork_server

ALTERED = [sys.executable, "-m", "tests.faults.altered_server", "serve", "--demo", "20"]
LONGEST_WAIT_SECONDS = 60.0


class AlteredServer(Server):
    """A server whose FAULT_ variables are among its settings."""

    def __init__(self, instance: Path, **settings: Any) -> None:
        super().__init__(instance, ALTERED, **settings)

    def live_on(self) -> None:
        """The next start is that of a server without faults."""
        for name in [name for name in self.environment if name.startswith("FAULT_")]:
            del self.environment[name]

    def die_at(self, point: str, after: int) -> None:
        """The next start is that of a process that dies at this point."""
        assert point in POINTS
        self.environment |= {"FAULT_DIES_AT": point, "FAULT_DIES_AFTER": str(after)}

    def wait_for_death(self) -> None:
        process = self.process
        assert process is not None
        wait_until(lambda: process.poll() is not None, "the server is dead", LONGEST_WAIT_SECONDS)

    def _start_process(self) -> "subprocess.Popen[bytes] | Any":
        log = self.instance / "server.log"
        log.touch()
        return fork_server(is_patched=True).start(self.command[1:], environment(**self.environment), log)
