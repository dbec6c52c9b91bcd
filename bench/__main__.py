"""`python -m bench`: applies the same load to every server and prints one table. JSON goes to bench/results/."""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from . import floors
from .phases import PHASES, Run
from .plan import FULL, SMOKE, Plan
from .results import Results
from .servers import HERE, LOAD_CORE, SERVER_CORE, BenchError, specs, versions
from .table import table
from .tools import build

RESULTS = HERE / "results"
LEGEND = "median ±half the range; a ratio below 1 is better than the peer, but worse for deliveries a second"


def main() -> int:
    options = arguments()
    if SERVER_CORE == LOAD_CORE and not options.smoke:
        return fail("Two cores are needed: one for the server, one for the load generator.")
    plan = plan_for(options)
    results = Results()
    started = time.monotonic()
    try:
        run_phases(options, plan, results, started)
    except BenchError as error:
        return fail(str(error))
    report(results, plan, options.smoke, time.monotonic() - started)
    return verdict(results, options.check)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, help=f"rounds of each workload (default {FULL.rounds})")
    parser.add_argument("--only", action="append", metavar="WORKLOAD", help=f"one of {', '.join(workloads())}")
    parser.add_argument("--servers", default=",".join(specs()), help="comma-separated (default %(default)s)")
    parser.add_argument(
        "--smoke", action="store_true", help="takes seconds; fails only when a message is lost or a server fails"
    )
    parser.add_argument("--check", action="store_true", help="fail when a floor is not reached")
    options = parser.parse_args()
    unknown = [name for name in options.only or [] if name not in workloads()]
    unknown += [name for name in options.servers.split(",") if name not in specs()]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    return options


def workloads() -> list[str]:
    """The values of --only: a phase, or one kind of conversation within the messages phase."""
    return [*PHASES, *(work.name for work in FULL.works)]


def plan_for(options: argparse.Namespace) -> Plan:
    plan = SMOKE if options.smoke else FULL
    if options.rounds:
        plan = replace(plan, rounds=options.rounds)
    chosen = tuple(work for work in plan.works if work.name in (options.only or []))
    return replace(plan, works=chosen) if chosen else plan


def run_phases(options: argparse.Namespace, plan: Plan, results: Results, started: float) -> None:
    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:5.0f} s] {text}", file=sys.stderr, flush=True)

    say("building")
    build()
    chosen = [spec for name, spec in specs().items() if name in options.servers.split(",")]
    conversations = {work.name for work in FULL.works}
    only = {"messages" if name in conversations else name for name in options.only or PHASES}
    with tempfile.TemporaryDirectory(prefix="chatapp-bench-") as folder, ExitStack() as stack:
        run = Run(plan, chosen, results, say, Path(folder), stack)
        for name, phase in PHASES.items():
            if name in only:
                phase(run.of(name))


def report(results: Results, plan: Plan, is_smoke: bool, seconds: float) -> None:
    """Prints the table, and writes the table and the samples to bench/results/."""
    text = f"{table(results, plan)}\n\n{LEGEND}\n{versions()}"
    print(f"\n{text}\n{seconds:,.0f} s")
    RESULTS.mkdir(exist_ok=True)
    name = f"{'smoke' if is_smoke else 'bench'}-{time.strftime('%Y%m%dT%H%M%S')}"
    (RESULTS / f"{name}.txt").write_text(text + "\n")
    samples = {"versions": versions(), "seconds": seconds, "problems": results.problems, "rows": results.to_json()}
    (RESULTS / f"{name}.json").write_text(json.dumps(samples, indent=1) + "\n")


def verdict(results: Results, is_checking: bool) -> int:
    failures = [f"WRONG {problem}" for problem in results.problems]
    if is_checking:
        failures += [f"MISSED {sentence}" for sentence in floors.missed(results)]
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
