"""Runs the command `chatapp`, in this process or in one of its own."""

import subprocess
import sys
from collections.abc import Callable

from click.testing import Result

from tests.servers import ROOT, environment

Run = Callable[..., Result]


def process(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "chatapp", *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def expect_output(result: Result, status: int, *words: str) -> None:
    """Asserts the exit status, that the output has these words, and that it has no traceback."""
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.output
