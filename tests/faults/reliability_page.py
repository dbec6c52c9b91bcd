"""docs/reliability.md: keeps the figures of the last run of each fault in its table."""

import os
import platform
import re
from pathlib import Path

from chatapp.clock import now
from tests.faults import history
from tests.faults.scene import Result
from tests.servers import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- the table of the last runs -->\n", "<!-- its end -->"
HEAD = "| Fault | How | Times | Checked | Seen | Run |\n| --- | --- | --- | --- | --- | --- |\n"
EVENTS = (history.RESPONSE, history.TICK, history.RECEIPT)


def write_result(result: Result, page: Path = PAGE) -> None:
    """Puts the row of a fault into the table, in the place of that of its last run."""
    text = page.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    rows = [line for line in text[begin:end].splitlines() if line.startswith("| ")][2:]
    name = f"| {result.fault.name} |"
    places = [number for number, row in enumerate(rows) if row.startswith(name)] or [len(rows)]
    rows[places[0] : places[0] + 1] = [row_of(result)]
    page.write_text(text[:begin] + HEAD + "\n".join(rows) + "\n" + text[end:])


def row_of(result: Result) -> str:
    counts = result.counts
    checked = ", ".join(
        f"{count:,} {what}"
        for what, count in (
            ("sends", counts[history.ATTEMPT]),
            ("acks", counts[history.ACK]),
            ("refusals", counts[history.REFUSED]),
            ("events", sum(counts[kind] for kind in EVENTS)),
            ("catch-ups", counts[history.SYNC] + counts[history.CAUGHT_UP]),
            ("rows", result.rows),
        )
    )
    share = f"{result.shown:,} of {result.expected:,} messages reached their devices"
    run = f"{now():%Y-%m-%d}, {result.seconds / 60:.1f} min, {machine()}"
    cells = (result.fault.name, result.fault.how, f"{result.rounds}", checked, f"{result.seen()}; {share}", run)
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """What the run ran on."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores ({name}), Linux {platform.release().partition('-')[0]}"
