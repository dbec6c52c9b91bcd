"""`python -m tests.faults`: does harm to servers for long, checks what came of it, and writes docs/reliability.md."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.databases import Databases, postgres_server
from tests.faults.nemesis import FAULTS
from tests.faults.own_postgres import own_postgres
from tests.faults.reliability_page import write_result
from tests.faults.scene import Fault, Scene, run
from tests.servers import ROOT

KEPT = ROOT / "build" / "faults"
"""Where the history of a run is kept in which something was wrong."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="part of the name of a fault; may be repeated")
    parser.add_argument("--rounds", type=int, help="how often each fault happens; default: each fault's own number")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what users write, and to whom")
    options = parser.parse_args()
    wanted = [one for one in FAULTS if not options.only or any(part in one.name for part in options.only)]
    KEPT.mkdir(parents=True, exist_ok=True)
    wrong = [one.name for one in wanted if not _succeeds(one, options.rounds or one.long_rounds, options.seed)]
    print(f"{len(wanted)} faults, {len(wrong)} with violations")
    return bool(wrong)


def _succeeds(fault: Fault, rounds: int, seed: int) -> bool:
    """Runs a fault and writes its figures. Returns whether nothing was wrong."""
    name = fault.name.lower().replace(", ", "-").replace(" ", "-")
    print(f"{fault.name}: {rounds} times, seed {seed}", flush=True)
    with _scene(fault, seed) as scene:
        result = run(fault, scene, rounds, KEPT / f"{name}.jsonl")
    write_result(result)
    print(f"  {result.seen()}", flush=True)
    for violation in result.violations[:20]:
        print(f"  {violation}"[:500], file=sys.stderr)
    return not result.violations and not result.failures


@contextmanager
def _scene(fault: Fault, seed: int) -> Iterator[Scene]:
    """A scene with a new database."""
    is_shared = fault.database == "postgresql" and not fault.needs_own_postgres
    with (
        tempfile.TemporaryDirectory(prefix="chatapp-faults-") as folder,
        own_postgres() if fault.needs_own_postgres else nullcontext() as own,
        postgres_server() if is_shared else nullcontext() as shared,
    ):
        url = Databases(Path(folder), own.url if own else shared).new()
        yield Scene(Path(folder) / "scene", url, seed, _say, own, is_long=True)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
