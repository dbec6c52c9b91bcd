"""`python -m tests.security`: attacks a server for minutes, and writes the figures into docs/security.md."""

import argparse
import itertools
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import Databases
from tests.security.figures import Figures
from tests.security.flood import FloodFigures, run_flood
from tests.security.http_run import HttpRun
from tests.security.installation import Keeper, SignedIn, start_installation
from tests.security.scene import OTHER
from tests.security.socket_run import SocketRun
from tests.security.timing import Timing, refused_sign_ins
from tests.servers import ROOT, Server

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- the table of the last run -->\n", "<!-- its end -->"
ROUND_EXAMPLES = 10
FLOOD_SECONDS = 20
DEFAULT_LIMITS = {
    "CHATAPP_REQUEST_RATE": 50,
    "CHATAPP_EVENT_RATE": 50,
    "CHATAPP_USER_CONNECTIONS": 50,
    "CHATAPP_ADDRESS_CONNECTIONS": 1000,
    "CHATAPP_SIGN_IN_LIMIT": "10 per minute",
    "CHATAPP_SIGN_IN_ADDRESS_FAILURES": 100,
}
"""What an installation has that sets nothing."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each further round takes the next one")
    options = parser.parse_args()
    requests, events = Figures(), Figures()
    others: list[str] = []
    with _server(others) as server:
        _attack(server, requests, events, options.seed, options.minutes * 60)
    with _server(others) as server:
        timing = refused_sign_ins(server, options.seed)
    with _server(others, **DEFAULT_LIMITS) as server:
        flood = run_flood(server, FLOOD_SECONDS)
    _write("\n".join([_table(requests, events, options.seed), _timing_table(timing), _flood_table(flood)]))
    failures = [*requests.failures, *events.failures, *others]
    print("\n".join(failures[:50]), file=sys.stderr)
    print(f"{requests.cases} requests and {events.cases} events, {len(failures)} failures")
    return bool(failures)


@contextmanager
def _server(failures: list[str], **settings: object) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = start_installation(Path(folder) / "instance", Databases(Path(folder), None), **settings)
        try:
            yield server
        finally:
            server.stop()
        if "Traceback" in server.log:
            failures.append(f"The log has an exception:\n{server.log[-5000:]}")


def _attack(server: Server, requests: Figures, events: Figures, first_seed: int, seconds: float) -> None:
    """Events take a quarter of the time that the requests of the same round took, at least a round of each."""
    until = time.monotonic() + seconds
    callers = [SignedIn(server, "member"), SignedIn(server, "admin")]
    http = HttpRun(server, requests)
    for number in itertools.count(first_seed):
        http.run(callers, ROUND_EXAMPLES, number, until)
        Keeper(server).restore(OTHER)
        sockets = SocketRun(SignedIn(server, OTHER), events)
        sockets.run(ROUND_EXAMPLES * 4, number, max(until, time.monotonic() + 20))
        sockets.close()
        if time.monotonic() > until:
            return


def _table(requests: Figures, events: Figures, first_seed: int) -> str:
    rows = ["| Attack | Subjects | Cases | Failures | Seconds | First seed |", "| --- | --- | --- | --- | --- | --- |"]
    for name, one in (("HTTP requests", requests), ("socket events", events)):
        figures = (len(one.subjects), one.cases, len(one.failures), round(one.seconds), first_seed)
        rows.append(f"| {name} | " + " | ".join(f"{figure:,}" for figure in figures) + " |")
    return "\n".join(rows) + "\n"


def _timing_table(timing: Timing) -> str:
    rows = ["| Refused sign-in | Median |", "| --- | --- |"]
    rows += [f"| {kind} | {median:.1f} ms |" for kind, median in timing.medians.items()]
    rows.append(f"| ratio, of {timing.attempts} attempts | {timing.ratio:.2f} |")
    return "\n".join(rows) + "\n"


def _flood_table(flood: FloodFigures) -> str:
    rows = ["| From emit to ack, two people | Messages | Median | p99 |", "| --- | --- | --- | --- |"]
    for name, chat in (("alone", flood.quiet), ("beside the flood", flood.flooded)):
        rows.append(f"| {name} | {chat.messages} | {chat.median:.1f} ms | {chat.p99:.1f} ms |")
    rows += ["", "| The flood | Tried | Refused |", "| --- | --- | --- |"]
    for kind in ("requests", "events", "sign-ins"):
        tried, refused = flood.counts[kind], flood.counts[f"refused {kind}"]
        rows.append(f"| {kind} | {tried:,} | {refused:,} |")
    return "\n".join(rows) + "\n"


def _write(table: str) -> None:
    page = PAGE.read_text()
    PAGE.write_text(re.sub(f"(?s)({re.escape(BEGIN)}).*({re.escape(END)})", lambda found: found[1] + table + END, page))


if __name__ == "__main__":
    sys.exit(main())
