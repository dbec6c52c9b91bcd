"""The documented units of systemd: it accepts them, they are hardened, and nothing needs what they refuse."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.pictures import encoded, plain
from tests.servers import ROOT, SERVE, Server
from tests.web.browser import find

UNITS = {"chatapp.service": "", "chatapp-http.service": "", "chatapp-sockets@.service": "8087"}
"""The documented units, and what is written behind the @ of their names."""
LARGEST_EXPOSURE = 20
"""In tenths of what `systemd-analyze security` counts, which is at most 10 and for an unprotected service 9.6."""
REFUSES_WRITABLE_CODE = 65, 1
"""prctl(2): PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN. Linux 6.3 has it; systemd 252 refuses the same by a filter."""
OF_ROOT_ALONE = {"fchown"}
"""SQLite gives its files the owner of the database where it runs as root, as these tests may."""
TRACED = f"""
import ctypes, os, sys

ctypes.CDLL(None).prctl(*{REFUSES_WRITABLE_CODE}, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def analyze(*words: str) -> str:
    ended = subprocess.run(
        [find(("systemd-analyze",), "systemd"), *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A unit as it would be installed, with the programs of this virtual environment."""
    text = (ROOT / "docs" / "deploy" / request.param).read_text()
    programs, folder = str(Path(sys.executable).parent), str(ROOT)
    for documented, here in (("/opt/chatapp/.venv/bin", programs), ("/opt/chatapp/bin", programs)):
        text = text.replace(documented, here)
    text = text.replace("WorkingDirectory=/opt/chatapp", f"WorkingDirectory={folder}")
    path = tmp_path / request.param.replace("@", f"@{UNITS[request.param]}")
    path.write_text(text)
    return path


def test_systemd_accepts_the_unit_without_a_complaint(unit: Path) -> None:
    assert analyze("verify", str(unit)) == ""
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSytem=strict"))
    with_misspelling = subprocess.run(
        [find(("systemd-analyze",), "systemd"), "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert "ProtectSytem" in with_misspelling.stderr


def test_the_unit_is_hardened(unit: Path) -> None:
    said = analyze("security", "--offline=true", f"--threshold={LARGEST_EXPOSURE}", str(unit))
    assert "Overall exposure level" in said
    lines = unit.read_text().splitlines()
    for line in (
        "Type=notify",
        "User=chatapp",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
    ):
        assert line in lines, line


def _calls_of(group: str) -> set[str]:
    """The names of a group of system calls, with those of the groups that it has."""
    said = analyze("syscall-filter", "--no-pager", group).splitlines()[1:]
    names = {line.strip() for line in said if line.startswith("    ") and not line.strip().startswith("#")}
    return {name for name in names if not name.startswith("@")}.union(
        *(_calls_of(name) for name in names if name.startswith("@"))
    )


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server, and where the table of its system calls is when it has ended."""
    table = tmp_path / "calls"
    # With -D the tracer is the child, so that signals reach the server.
    trace = [find(("strace",), "strace"), "-D", "-f", "-qq", "-c", "-o", str(table)]
    server = Server(tmp_path / "instance", [sys.executable, "-c", TRACED, *trace, *SERVE, "--demo"])
    server.start()
    yield server, table
    server.kill()


@pytest.mark.slow
def test_the_server_makes_no_system_call_that_the_unit_refuses(traced: tuple[Server, Path]) -> None:
    server, table = traced
    token = requests.post(server.http + "/login", json={"username": "alice"}, timeout=60).headers["auth-token"]
    body = encoded(plain(size=(640, 400)), "PNG")
    shown = requests.put(
        server.http + "/profile/picture",
        data=body,
        headers={"auth-token": token, "Content-Type": "image/png"},
        timeout=60,
    )
    assert shown.status_code == 200, shown.text
    polling = requests.get(server.ws + "/socket.io/?EIO=4&transport=polling", timeout=60)
    assert polling.status_code == 200
    assert server.stop() == 0, server.log
    made = set(re.findall(r"(?m)^\s*[\d.]+\s+[\d.]+\s+\d+\s+\d+(?:\s+\d+)?\s+(\w+)$", table.read_text()))
    assert {"fdatasync", "setpriority", "prlimit64", "epoll_wait"} <= made
    filters = re.findall(r"(?m)^SystemCallFilter=(~?)(.*)$", (ROOT / "docs" / "deploy" / "chatapp.service").read_text())
    allowed: set[str] = set()
    for is_refusal, groups in filters:
        named = set().union(*map(_calls_of, groups.split()))
        allowed = allowed - named if is_refusal else allowed | named
    assert sorted(made - allowed - OF_ROOT_ALONE - {"total"}) == []
