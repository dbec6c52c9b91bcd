"""`python -m tests.faults.power`: how much a power loss takes, for each CHATAPP_DURABILITY."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.power.cuts import Figures, cut_power
from tests.faults.power.disk import Disk
from tests.faults.power.recording import RecordedServer
from tests.faults.power.traffic import Traffic

PEOPLE = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.power", description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--messages", type=int, default=900, help="of all three people together")
    parser.add_argument("--rate", type=float, default=30.0, help="messages a second, of all three together")
    parser.add_argument("--seed", type=int, default=17)
    options = parser.parse_args()
    is_sound = True
    for durability in ("full", "normal"):
        with tempfile.TemporaryDirectory(prefix="chatapp-power-") as folder:
            figures = _figures(Path(folder), durability, options)
        print(
            f"{durability}: {figures.cuts} cuts, {figures.acked} acked messages looked for; at most "
            f"{figures.most_lost} lost, acked up to {figures.oldest_lost_seconds:.1f} s before; "
            f"{len(figures.faults)} faults {figures.faults[:5]}",
            flush=True,
        )
        is_sound &= not figures.faults and (durability == "normal" or not figures.most_lost)
    return not is_sound


def _figures(folder: Path, durability: str, options: argparse.Namespace) -> Figures:
    server = RecordedServer(folder / "instance", CHATAPP_DURABILITY=durability).start()
    try:
        traffic = Traffic(server, options.seed)
        traffic.write(options.messages // PEOPLE, a_second=options.rate / PEOPLE, files=5)
        # While it runs: a server that stops in order syncs everything.
        calls = server.calls(until=traffic.acked[-1].at)
        traffic.close()
    finally:
        server.kill()
    return cut_power(Disk(server.instance).replay(calls), traffic.acked, options.cuts, folder / "cut", options.seed)


if __name__ == "__main__":
    sys.exit(main())
