"""`python -m tests.security`: attacks a server for minutes, and writes the figures into docs/security.md."""

import argparse
import itertools
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.databases import Databases
from tests.security.figures import Figures
from tests.security.http_run import HttpRun
from tests.security.installation import Keeper, SignedIn, start_installation
from tests.security.scene import OTHER
from tests.security.socket_run import SocketRun
from tests.servers import ROOT, Server

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- the table of the last run -->\n", "<!-- its end -->"
ROUND_EXAMPLES = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each further round takes the next one")
    options = parser.parse_args()
    requests, events = Figures(), Figures()
    with tempfile.TemporaryDirectory() as folder:
        server = start_installation(Path(folder) / "instance", Databases(Path(folder), None))
        try:
            _attack(server, requests, events, options.seed, options.minutes * 60)
        finally:
            server.stop()
        if "Traceback" in server.log:
            events.failures.append(f"The log has an exception:\n{server.log[-5000:]}")
    _write(_table(requests, events, options.seed))
    failures = [*requests.failures, *events.failures]
    print("\n".join(failures[:50]), file=sys.stderr)
    print(f"{requests.cases} requests and {events.cases} events, {len(failures)} failures")
    return bool(failures)


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


def _write(table: str) -> None:
    page = PAGE.read_text()
    PAGE.write_text(re.sub(f"(?s)({re.escape(BEGIN)}).*({re.escape(END)})", lambda found: found[1] + table + END, page))


if __name__ == "__main__":
    sys.exit(main())
