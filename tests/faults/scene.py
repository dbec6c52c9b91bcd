"""What a fault has to do with: a database, servers, and a crowd; and what came of it."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import history
from tests.faults.checked_streams import shown_count
from tests.faults.checker import check
from tests.faults.crowd import Crowd
from tests.faults.device import Route
from tests.faults.own_postgres import OwnPostgres
from tests.faults.stored import Stored, read_stored
from tests.faults.violations import Violation
from tests.people import wait_until
from tests.servers import Server

SECRET_KEY = "of all servers of a scene, so that tokens hold at each of them"


@dataclass(frozen=True)
class Fault:
    """A kind of harm. `how` describes it for the page of figures. `do` does it so many times while the crowd writes:
    `short_rounds` in the tests (0: it is not among them), `long_rounds` by `make faults`.
    `needs_own_postgres`: it stops the whole server of the database. `database` is `sqlite` or `postgresql`."""

    name: str
    how: str
    database: str
    do: Callable[["Scene", int], None]
    short_rounds: int
    long_rounds: int
    needs_own_postgres: bool = False


@dataclass
class Result:
    """The figures of one run. `times` are in seconds, by what took them. `expected` and `shown` count messages, each
    once for each device that has to get it. `figures` are further figures in words."""

    fault: Fault
    rounds: int
    seconds: float
    counts: Counter[str]
    rows: int
    expected: int
    shown: int
    times: dict[str, list[float]]
    violations: list[Violation]
    failures: list[str]
    figures: list[str] = field(default_factory=list)

    def seen(self) -> str:
        """What was seen, in words: violations by their names, and times."""
        names = Counter(violation.name for violation in self.violations)
        parts = [f"{count} × {name}" for name, count in names.items()] or ["no violation"]
        parts += self.failures
        for what, times in self.times.items():
            parts.append(f"{what} after {statistics.median(times):.1f} s (median), {max(times):.1f} s at most")
        parts += self.figures
        return "; ".join(parts)


@dataclass
class Scene:
    """`url` is the database, and `postgres` its server, if that is of this scene alone. `is_long`: the harm takes as
    long as it would in earnest."""

    folder: Path
    url: str
    seed: int
    say: Callable[[str], None] = lambda _text: None
    postgres: OwnPostgres | None = None
    is_long: bool = False
    servers: list[Server] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    """What else was measured, in words."""
    closers: list[Callable[[], None]] = field(default_factory=list)
    """What ends that which a fault has put between clients and servers."""
    _crowd: Crowd | None = None

    @property
    def crowd(self) -> Crowd:
        assert self._crowd is not None
        return self._crowd

    def serve(self, server: type[Server] = Server, **settings: Any) -> Server:
        """Starts a server of the scene."""
        variables = {"CHATAPP_DATABASE_URL": self.url, "CHATAPP_SECRET_KEY": SECRET_KEY, **settings}
        one = server(self.folder / f"instance-{len(self.servers)}", **variables)
        self.servers.append(one)
        one.start()
        return one

    def gather(self, routes: Sequence[Route], **options: int) -> Crowd:
        """Lets the crowd begin to write by these addresses."""
        self._crowd = Crowd(routes, self.seed, **options)
        self._crowd.start()
        return self._crowd

    def took(self, what: str, seconds: float) -> None:
        """Notes how long something took."""
        self.times.setdefault(what, []).append(seconds)

    def wait_until_told(self, seconds: float) -> None:
        """Waits until a sender has been refused, and then for the rest of these seconds."""
        began = time.monotonic()
        refused = self.crowd.records.counts()[history.REFUSED]
        wait_until(lambda: self.crowd.records.counts()[history.REFUSED] > refused, "a sender is told", seconds=60)
        self.took("senders told", time.monotonic() - began)
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))

    def close(self) -> None:
        """Ends everything that the scene has started."""
        if self._crowd is not None:
            self._crowd.close()
        for close in self.closers:
            close()
        for server in self.servers:
            if server.process is not None:
                server.kill()


def run(fault: Fault, scene: Scene, rounds: int, kept: Path) -> Result:
    """Does the harm so many times, lets everything settle, stops the servers, and checks. The history of a run in which
    something is wrong is written to `kept`, and the servers' logs next to it."""
    began = time.monotonic()
    try:
        fault.do(scene, rounds)
        scene.crowd.settle()
        for server in scene.servers:
            if server.stop() != 0:
                scene.failures.append("a server ended with a failure")
            if "Traceback" in server.log:
                scene.failures.append("a server logged an exception")
    except BaseException:
        _keep(scene, kept)
        raise
    finally:
        scene.close()
    stored = read_stored(scene.url)
    result = _result(fault, scene, rounds, stored, time.monotonic() - began)
    if result.violations or result.failures:
        _keep(scene, kept)
    return result


def _keep(scene: Scene, kept: Path) -> None:
    if scene._crowd is not None:
        scene.crowd.records.write(kept)
    kept.with_suffix(".log").write_text("\n".join(server.log for server in scene.servers))


def _result(fault: Fault, scene: Scene, rounds: int, stored: Stored, seconds: float) -> Result:
    entries = scene.crowd.records.entries
    connected = {(entry.who, entry.device) for entry in entries if entry.kind == history.CONNECTED}
    expected = sum(
        stored.last_sequences[place]
        for place, members in stored.members.items()
        for who, _device in connected
        if who in members
    )
    return Result(
        fault,
        rounds,
        seconds,
        scene.crowd.records.counts(),
        len(stored.rows),
        expected,
        shown_count(entries),
        scene.times,
        check(entries, stored),
        scene.failures,
        scene.figures,
    )
