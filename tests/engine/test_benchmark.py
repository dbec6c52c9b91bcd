"""The benchmark keeps working: its smoke run succeeds, and its ledger detects each kind of error."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

BENCH = ROOT / "bench"


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def built() -> None:
    """Installs the Node packages and compiles the limit program, as the benchmark does."""
    assert shutil.which("cc"), "The benchmark needs a C compiler"
    done = run([sys.executable, "-c", "from bench.tools import build; build()"])
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("built")
def test_the_smoke_run_succeeds_on_every_server() -> None:
    before = set(_results())
    done = run([sys.executable, "-m", "bench", "--smoke"])
    made = set(_results()) - before
    for path in made:
        path.unlink()
    assert done.returncode == 0, done.stderr
    assert "group of 40" in done.stdout
    assert "chatapp" in done.stdout
    assert {path.suffix for path in made} == {".txt", ".json"}


@pytest.mark.usefixtures("built")
def test_the_tests_of_the_ledger_pass() -> None:
    from bench.servers import node

    done = run([node(), "--test", *map(str, sorted((BENCH / "load").glob("*.test.js")))])
    assert done.returncode == 0, done.stdout
    assert "# pass" in done.stdout or "pass " in done.stdout


def _results() -> list[Path]:
    folder = BENCH / "results"
    return list(folder.glob("smoke-*")) if folder.exists() else []
