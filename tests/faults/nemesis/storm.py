"""Hundreds or thousands of clients lose their connections at once, and return at once, while a crowd writes."""

import json
import math
import queue
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.faults.ack_times import ack_seconds, p99
from tests.faults.crowd import SETTLE_SECONDS
from tests.faults.light_crowd import sign_in_all
from tests.faults.scene import Fault, Scene
from tests.servers import ROOT, SERVE, Server

LONG_SIZES = (500, 1_000, 2_000)
SHORT_SIZES = (50,)
FIRST_USER = 20
"""Number of the first demo user who is neither in the crowd nor its outsider."""
PEACE_ACKS = 40
LONG_PEACE_SECONDS = 10.0
SHORT_PEACE_SECONDS = 0.3


def cut_all_at_once(scene: Scene, rounds: int) -> None:
    """Cuts the connections of all clients, and kills the server, in turn, the same number of times with each size."""
    sizes = LONG_SIZES if scene.is_long else SHORT_SIZES
    server = scene.serve(command=[*SERVE, "--demo", str(FIRST_USER + max(sizes))])
    scene.gather([server]).wait_until_back()
    for size in sizes:
        spans: Spans = defaultdict(list)
        with _clients(server, size) as clients:
            clients.wait_until_served()
            for number in range(math.ceil(rounds / len(sizes))):
                _storm(scene, clients, server, spans, is_kill=number % 2 == 1)
                scene.say(f"{number + 1} storms of {size} clients")
        scene.figures.append(_figure(scene, size, spans))


Spans = dict[str, list[tuple[float, float]]]
"""Begins and ends in monotonic seconds, by what happened in between."""


def _storm(scene: Scene, clients: "_Clients", server: Server, spans: Spans, *, is_kill: bool) -> None:
    calm_at = time.monotonic()
    time.sleep(LONG_PEACE_SECONDS if scene.is_long else SHORT_PEACE_SECONDS)
    scene.crowd.wait_for_acks(PEACE_ACKS)
    clients.prepare()
    began = time.monotonic()
    if is_kill:
        server.kill()
        server.start()
    else:
        clients.cut()
    served_at = clients.wait_until_served()
    scene.crowd.wait_until_back()
    what = "clients of a killed server" if is_kill else "cut clients"
    scene.took(f"{clients.size:,} {what} served", served_at - began)
    spans["before"].append((calm_at, began))
    spans["after a kill" if is_kill else "after a cut"].append((began, served_at))


def _figure(scene: Scene, size: int, spans: Spans) -> str:
    entries = list(scene.crowd.records.entries)
    times = {what: [one for span in of_it for one in ack_seconds(entries, *span)] for what, of_it in spans.items()}
    parts = ", ".join(f"{p99(seconds):.2f} s {what}" for what, seconds in times.items())
    return f"with {size:,} clients the p99 of the others' acks is {parts}"


class _Clients:
    """So many returning clients, by a process of their own."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self.size = len(tokens)
        command = [sys.executable, "-m", "tests.faults.returning_clients", str(port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.Queue[list[str]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._write(json.dumps(tokens))

    def prepare(self) -> None:
        """From now on only clients count as served that come anew."""
        self._write("expect")
        self._wait_for("ready")

    def cut(self) -> None:
        self._write("cut")
        self._wait_for("ready")

    def wait_until_served(self) -> float:
        """Waits until all clients are connected, accepted and synced. Returns when they were, in monotonic seconds."""
        return float(self._wait_for("served")[1])

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _wait_for(self, word: str) -> list[str]:
        """Waits for a line that begins so. Fails if none comes within SETTLE_SECONDS."""
        deadline = time.monotonic() + SETTLE_SECONDS
        try:
            while (line := self._lines.get(timeout=max(0.0, deadline - time.monotonic())))[0] != word:
                pass
        except queue.Empty:
            raise AssertionError(f"{self.size} clients were not {word} within {SETTLE_SECONDS} s") from None
        return line

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.split())


@contextmanager
def _clients(server: Server, size: int) -> Iterator[_Clients]:
    names = [f"user{FIRST_USER + number}" for number in range(size)]
    clients = _Clients(urlsplit(server.ws).port or 0, sign_in_all(server.http, names))
    try:
        yield clients
    finally:
        clients.process.kill()
        clients.process.communicate()


FAULTS = [
    Fault(
        "Reconnect storm",
        "500, 1,000 and 2,000 further clients cut at once, by their connections and by SIGKILL and a start in turn,"
        " under load",
        "sqlite",
        cut_all_at_once,
        2,
        12,
    ),
]
