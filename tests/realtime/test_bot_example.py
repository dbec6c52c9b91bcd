"""The example of docs/bots.md, run as it is written there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.people import Cast, Person
from tests.servers import ROOT, Server

BOT = "echo"
PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    assert server.run("bots", "add", BOT).returncode == 0
    made = server.run("bots", "token", BOT, "example")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture
def start(server: Server, token: str, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """`start()` runs the example in a process of its own."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "bots.md").read_text(), re.S)
    file = tmp_path / "bot.py"
    file.write_text(code)
    settings = {"CHAT_URL": server.http, "CHAT_SOCKET_URL": server.ws, "CHAT_TOKEN": token}
    running: list[subprocess.Popen[bytes]] = []

    def run() -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **settings}
        with (tmp_path / "bot.log").open("ab") as log:
            running.append(subprocess.Popen([sys.executable, file], env=environment, stdout=log, stderr=log))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def said(person: Person, receiver: str, count: int, *, group: bool = False) -> list[dict[str, Any]]:
    """The history, as soon as it has so many messages."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while len(found := person.history(receiver, group=group)) < count:
        assert time.monotonic() < ends_at, found
        time.sleep(0.05)
    return found


def test_the_example_answers_what_is_said_while_it_runs_and_what_was_said_before(
    server: Server, cast: Cast, start: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    alice, bob = cast(2)
    for text in ("!echo before", "not for you"):
        assert alice.post("/messages", {"receiver": BOT, "content": text}).status_code == 200
    process = start()
    assert [one["content"] for one in said(alice, BOT, 3)] == ["!echo before", "not for you", "before"]
    users = [{"username": bob.username}, {"username": BOT}]
    group = alice.post("/group", {"groupName": "Echoes", "users": users}).json()["newGroup"]["groupId"]
    assert bob.post("/messages", {"receiver": group, "group": True, "content": "!echo now"}).status_code == 200
    answer = said(alice, group, 2, group=True)[1]
    assert (answer["sender"], answer["content"], answer["replyTo"]["sender"]) == (BOT, "now", bob.username)
    process.kill()
    process.wait()
    assert alice.post("/messages", {"receiver": BOT, "content": "!echo away"}).status_code == 200
    process = start()
    assert [one["content"] for one in said(alice, BOT, 5)][3:] == ["!echo away", "away"]
    # Nothing is answered twice.
    assert alice.post("/messages", {"receiver": BOT, "content": "!echo end"}).status_code == 200
    assert [one["content"] for one in said(alice, BOT, 7)][5:] == ["!echo end", "end"]
    assert len(said(alice, group, 2, group=True)) == 2


def test_the_example_ends_when_its_bot_is_closed(
    server: Server, cast: Cast, start: Callable[[], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    (alice,) = cast(1)
    process = start()
    assert alice.post("/messages", {"receiver": BOT, "content": "!echo on"}).status_code == 200
    said(alice, BOT, 2)
    assert server.run("users", "deactivate", BOT).returncode == 0
    assert process.wait(PATIENCE_SECONDS) == 0, (tmp_path / "bot.log").read_text()
