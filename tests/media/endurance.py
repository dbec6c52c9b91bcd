"""Inspects many malformed files, also as a program: `python -m tests.media.endurance --files 1000`."""

import argparse
import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from chatapp.media.inspection import WORKER, WORKER_SECONDS, inspect
from tests.media.malformed import malformed

LONGEST_SECONDS = WORKER_SECONDS + 20
"""Of one file, with the wait for the one before it."""


@dataclass
class Outcome:
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[float, str]] = field(default_factory=list)


def inspect_malformed(count: int, folder: Path, seed: int = 1) -> Outcome:
    """Inspects the files, two at a time. Asserts of each that no file is left of it, and of all that no process is."""
    outcome = Outcome()

    def one(number: int, what: str, name: str, data: bytes) -> None:
        workspace = folder / f"workspace-{number}"
        workspace.mkdir()
        source = folder / f"source-{number}"
        source.write_bytes(data)
        began_at = time.monotonic()
        found = inspect(source, name, workspace)
        taken = time.monotonic() - began_at
        results = {preview.path for preview in found.previews} | ({found.cleaned} if found.cleaned else set())
        assert set(workspace.iterdir()) == results, what
        assert source.read_bytes() == data, what
        assert taken < LONGEST_SECONDS, what
        for path in (*results, source):
            path.unlink()
        workspace.rmdir()
        outcome.kinds[found.kind] += 1
        outcome.seconds.append((taken, what))

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(one, number, *file) for number, file in enumerate(malformed(count, seed))]
        for run in runs:
            run.result()
    assert workers() == []
    assert list(folder.iterdir()) == []
    return outcome


def workers() -> list[int]:
    """The workers of this process that run, or that nobody has waited for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, fields = path.read_text().rpartition(")")
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        is_own = int(fields.split()[1]) == os.getpid()
        if is_own and (str(WORKER).encode() in command or (fields.split()[0] == "Z" and "python" in name)):
            found.append(int(path.parent.name))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    before = set(os.listdir(tempfile.gettempdir()))
    began_at = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = inspect_malformed(chosen.files, Path(folder), chosen.seed)
    print(f"{chosen.files} files in {time.monotonic() - began_at:.0f} s: {dict(outcome.kinds)}")
    print("slowest:", *(f"{seconds:.1f} s {what};" for seconds, what in sorted(outcome.seconds, reverse=True)[:5]))
    print("new in the temporary folder:", sorted(set(os.listdir(tempfile.gettempdir())) - before) or "nothing")


if __name__ == "__main__":
    main()
