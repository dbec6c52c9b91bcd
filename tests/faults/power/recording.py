"""A server whose changes of files are recorded by strace, from its start on."""

import io
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.faults.power.system_calls import OPTIONS, Call, read_calls
from tests.servers import SERVE, Server
from tests.web.browser import find

TRACE_SECONDS = 60.0
"""How long strace may need to write what it has seen."""
DEMO_USERS = "20"


class RecordedServer(Server):
    """Its database is in its instance folder, which is empty before its only start."""

    def __init__(self, instance: Path, **settings: Any) -> None:
        self.trace = instance.with_suffix(".strace")
        # Installed from its Debian package if it is missing.
        strace = [find(("strace",), "strace"), *OPTIONS, "-o", str(self.trace)]
        super().__init__(instance, [*strace, *SERVE, "--demo", DEMO_USERS], is_cold=True, **settings)

    def calls(self, until: float = 0.0) -> list[Call]:
        """What was recorded: up to its end if the server has ended, else at least up to this moment, in seconds since
        1970."""
        assert self.process is not None
        has_ended = self.process.poll() is not None
        deadline = time.monotonic() + TRACE_SECONDS
        while True:
            is_complete = self._is_complete()
            # A server that goes on may write faster than this process reads: the end of now is the end.
            with self.trace.open("rb") as file:
                written = io.TextIOWrapper(io.BytesIO(file.read(self.trace.stat().st_size)))
            found = list(read_calls(_whole(written), str(self.instance)))
            if is_complete if has_ended else found[-1].began > until:
                return found
            assert time.monotonic() < deadline, "strace does not write what it has seen"
            time.sleep(0.2)

    def _is_complete(self) -> bool:
        assert self.process is not None
        with self.trace.open("rb") as file:
            file.seek(max(0, self.trace.stat().st_size - 4_096))
            last = file.read().decode(errors="replace").splitlines()
        return any(line.startswith(f"{self.process.pid} ") and "+++ " in line for line in last)


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """The lines, without the last one if its end is not written yet."""
    return (line for line in lines if line.endswith("\n"))
