"""The documented container file, without a container engine: its files, its rules, and a server on a read-only root."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import requests

from tests.servers import ROOT, environment, free_port

CONTAINERFILE = ROOT / "docs" / "deploy" / "Containerfile"
READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,ro,bind /
test -w "$1" && ! touch /read-only-probe 2> "$1/refusal"
cd "$1"
shift
exec "$@"
"""
"""Runs a program in a mount namespace of its own, in which it can write in one folder only."""


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the file and what follows it, on one line."""
    lines = [line for line in CONTAINERFILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(word, re.sub(r"\s+", " ", rest)) for word, _, rest in (line.partition(" ") for line in joined)]


def values_of(word: str) -> list[str]:
    return [rest for found, rest in instructions() if found == word]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(number for number, (word, _) in enumerate(found) if word == "FROM") :]


def variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in values_of("ENV") for pair in rest.split())


def sources() -> list[str]:
    """What is copied out of the checkout."""
    copies = [rest.split() for rest in values_of("COPY") if not rest.startswith("--from")]
    return [source for words in copies for source in words[:-1]]


def test_everything_that_is_copied_is_there_and_nothing_secret_is_sent_to_the_build() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert len(sources()) > 5
    for source in sources():
        assert (ROOT / source.removeprefix("./")).exists(), source
        assert f"!{source}" in lines, source
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == set(sources())
    excluded = [line for line in lines if not line.startswith("!")]
    for kept_out in ("instance", ".git", ".venv", "tests"):
        assert any(fnmatch(kept_out, pattern) for pattern in excluded)
        assert f"!{kept_out}" not in lines


def test_the_image_follows_the_rules_of_its_trade() -> None:
    for image in values_of("FROM"):
        assert re.fullmatch(r"[a-z.]+/[a-z/]+:\d+\.\d+-[a-z-]+( AS [a-z]+)?", image), f"{image} names no version"
    assert values_of("ADD") == []
    for command in values_of("RUN"):
        assert "sudo" not in command
        assert all("--no-cache-dir" in part for part in command.split("&&") if "pip install" in part), command
    words = [word for word, _ in last_stage()]
    assert words.count("USER") == words.count("CMD") == words.count("HEALTHCHECK") == words.count("VOLUME") == 1
    assert words.index("USER") < words.index("CMD")
    (user,) = values_of("USER")
    assert user.isdigit(), "an engine can tell that a number is not root"
    assert int(user) > 0
    for command in values_of("CMD"):
        assert json.loads(command)
    assert values_of("VOLUME") == [variables()["CHATAPP_INSTANCE"]]
    assert values_of("EXPOSE") == [variables()["CHATAPP_WS_PORT"]]


def _commands_of(word: str) -> list[str]:
    (rest,) = [rest for found, rest in last_stage() if found == word]
    found: list[str] = json.loads(rest[rest.index("[") :])
    return found


def _can_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "--make-rprivate", "/"], capture_output=True, check=False, timeout=10
    )
    return tried.returncode == 0


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a server that is started as in the container, and its only folder that it can write in."""
    if not _can_mount():
        pytest.skip("Only root can mount a file system as read-only.")
    port = free_port()
    settings = {**variables(), "CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_HTTP_PORT": port, "CHATAPP_WS_PORT": port}
    settings["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(tmp_path), *_commands_of("CMD")]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(**settings), stdout=log, stderr=log)
    yield port, tmp_path
    process.terminate()
    assert process.wait(timeout=15) == 0, (tmp_path / "server.log").read_text()


@pytest.mark.slow
def test_a_server_needs_no_other_folder_than_its_volume_and_is_found_healthy(read_only: tuple[int, Path]) -> None:
    port, folder = read_only
    check = [word.replace("8088", str(port)) for word in _commands_of("HEALTHCHECK")]
    check[0] = sys.executable
    deadline = time.monotonic() + 60
    while subprocess.run(check, capture_output=True, check=False, timeout=30).returncode != 0:
        assert time.monotonic() < deadline, (folder / "server.log").read_text()
        time.sleep(0.2)
    assert "Read-only file system" in (folder / "refusal").read_text()
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).status_code == 200
    polling = requests.get(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling", timeout=10)
    assert polling.text.startswith('0{"sid"')


def test_a_server_that_does_not_answer_is_found_ill() -> None:
    check = [word.replace("8088", str(free_port())) for word in _commands_of("HEALTHCHECK")]
    check[0] = sys.executable
    assert subprocess.run(check, capture_output=True, check=False, timeout=30).returncode != 0
