"""An installation, and the command that runs on it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatapp.cli import main
from tests.cli.running import Run
from tests.databases import Databases


@pytest.fixture
def installation(databases: Databases, tmp_path: Path) -> dict[str, str]:
    """The settings of an installation that has its tables."""
    return {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_DATABASE_URL": databases.new(), "CHATAPP_SIGN_IN": "password"}


@pytest.fixture
def run(installation: dict[str, str]) -> Run:
    """`run("users", "list")` runs the command in this process; `serve` needs a process of its own."""

    def call(*arguments: str, input: str | None = None, **settings: str) -> Result:
        return CliRunner().invoke(main, arguments, prog_name="chatapp", input=input, env={**installation, **settings})

    return call
