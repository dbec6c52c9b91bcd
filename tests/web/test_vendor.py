"""Fetching the client's libraries on a machine without Node, or with an old Node."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.web import npm as npm_finder
from chatapp.web import vendor
from tests.servers import ROOT

Node = Callable[[str], Path]


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    """Simulates a machine whose only Node has a given version, without an npm beside this Python."""

    def make(version: str) -> Path:
        for name, body in (("node", f"echo {version}"), ("npm", "exit 1")):
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
            (tmp_path / name).chmod(0o755)
        return tmp_path / "npm"

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(npm_finder.sys, "executable", str(tmp_path / "bin" / "python"))
    return make


@pytest.mark.parametrize("version", ["v20.19.0", "v24.1.0"])
def test_an_installed_node_is_used(node: Node, version: str) -> None:
    npm = node(version)
    assert npm_finder.found_npm() == str(npm)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "what?"])
def test_a_node_that_is_too_old_is_ignored(node: Node, version: str) -> None:
    assert node(version).exists()
    assert npm_finder.found_npm() is None


def test_a_machine_without_node_has_no_npm(node: Node) -> None:
    assert npm_finder.found_npm() is None


def test_the_libraries_can_be_fetched_before_anything_is_installed() -> None:
    bare = [sys.executable, "-S"]  # without site-packages
    assert subprocess.run([*bare, "-c", "import flask"], cwd=ROOT, capture_output=True, check=False).returncode
    said = subprocess.run([*bare, "-m", "chatapp.web.vendor", "--help"], cwd=ROOT, capture_output=True, check=True)
    assert b"--install" in said.stdout


def test_a_failed_npm_command_is_named_in_the_error(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = node("v24.1.0")
    monkeypatch.setattr(vendor.sys, "argv", ["vendor", "--install"])
    monkeypatch.setattr(vendor, "build", lambda: pytest.fail("nothing is there to build"))
    with pytest.raises(SystemExit, match=f"`{npm} ci .* failed"):
        vendor.main()
