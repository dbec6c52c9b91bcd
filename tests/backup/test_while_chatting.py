"""A backup of a real server, while people send messages and files and delete them; and backups that a server makes."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backup.installations import Installation
from tests.cli.running import expect_output
from tests.databases import Databases
from tests.people import Person, wait_until
from tests.servers import SERVE, Server
from tests.uploads import upload

EVERY_SECONDS = 0.02


class Chatter:
    """A thread in which somebody sends messages, each third with a file, and deletes some of those with files."""

    def __init__(self, person: Person, receiver: str) -> None:
        self.acked: list[str] = []
        self.longest_seconds = 0.0
        self._person, self._receiver = person, receiver
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        self._is_ending.set()
        self._thread.join()

    def _run(self) -> None:
        with_files: list[str] = []
        number = 0
        while not self._is_ending.wait(EVERY_SECONDS):
            number += 1
            text = f"{self._person.username} {number}"
            files = [{"uploadId": self._upload(text.encode() * 200)}] if number % 3 == 0 else []
            began_at = time.monotonic()
            body = {"receiver": self._receiver, "content": text, "files": files}
            answer = self._person.post("/messages", body)
            assert answer.status_code == 200, answer.text
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - began_at)
            message_id = answer.json()["response"]["messageId"]
            if files:
                with_files.append(message_id)
            else:
                self.acked.append(text)
            if len(with_files) > 5:
                path = f"{self._person.server.http}/message/{with_files.pop(0)}"
                headers = {"X-XSRF-TOKEN": self._person.http.cookies.get("XSRF-TOKEN", "")}
                assert self._person.http.delete(path, headers=headers).status_code == 200

    def _upload(self, data: bytes) -> str:
        return upload(_Client(self._person), data)


class _Client:
    """Sends what `upload` sends to the server of a person."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def post(self, path: str, **options: object) -> object:
        return self._send("POST", path, options)

    def patch(self, path: str, **options: object) -> object:
        return self._send("PATCH", path, options)

    def _send(self, method: str, path: str, options: dict[str, object]) -> object:
        token = self._person.http.cookies.get("XSRF-TOKEN", "")
        headers = {**options.pop("headers", {}), "X-XSRF-TOKEN": token}  # type: ignore[dict-item]
        address = path if path.startswith("http") else self._person.server.http + path
        return self._person.http.request(method, address, headers=headers, **options)  # type: ignore[arg-type]


@pytest.fixture
def serve(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(**settings: object) -> Server:
        url = databases.new()
        command = [*SERVE, "--demo"]
        started.append(Server(tmp_path / "chat", command, CHATAPP_DATABASE_URL=url, **settings).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


def test_a_backup_while_people_chat_has_what_was_acked_and_is_sound(
    serve: Callable[..., Server], install: Callable[..., Installation], tmp_path: Path
) -> None:
    server = serve()
    people = [Person(server, name) for name in ("alice", "bob")]
    chatters = [Chatter(people[0], "bob"), Chatter(people[1], "alice")]
    try:
        wait_until(lambda: all(len(one.acked) > 8 for one in chatters), "they chat", 60)
        before = [list(one.acked) for one in chatters]
        made = server.run("backup", str(tmp_path / "backup.tar"))
        pairs = list(zip(chatters, before, strict=True))
        wait_until(lambda: all(len(one.acked) > len(old) for one, old in pairs), "they go on", 60)
    finally:
        for one in chatters:
            one.end()
        for person in people:
            person.http.close()
    assert made.returncode == 0, made.stderr
    assert "missing" not in made.stderr
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(tmp_path / "backup.tar")), 0, "Restored")
    said = {row[3] for row in new.rows()["message"]}
    assert said >= {text for texts in before for text in texts}
    live = Installation(server.instance, server.environment["CHATAPP_DATABASE_URL"], {})
    assert said - {""} <= {row[3] for row in live.rows()["message"]} | {
        text for text in said if int(text.split()[-1]) % 3 == 0
    }, "nothing that nobody has said; a text with a file may have been deleted since"
    expect_output(new.run("files", "check", "--read"), 0, "everything is stored")
    expect_output(new.run("search", "rebuild"), 0)
    expect_output(new.run("db", "check"), 0, "Nothing is wrong.")
    refused = server.run("restore", str(tmp_path / "backup.tar"), "--force")
    assert refused.returncode == 1
    assert "Stop" in refused.stderr


@pytest.mark.slow
def test_a_server_makes_a_backup_as_often_as_the_setting_says(
    serve: Callable[..., Server], install: Callable[..., Installation], tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    server = serve(CHATAPP_BACKUP_TO=place, CHATAPP_BACKUP_HOURS="0.002", CHATAPP_BACKUP_KEEP="1")
    wait_until(lambda: len(list(place.glob("chatapp-*.tar"))) == 1, "the first one is made", 90)
    (first,) = place.glob("chatapp-*.tar")
    wait_until(lambda: first not in set(place.glob("*.tar")), "the next one takes its place", 120)
    # A backup that is under way ends with the server, and leaves nothing.
    assert server.stop() == 0
    wait_until(lambda: all(path.suffix == ".tar" for path in place.iterdir()), "nothing half done is left")
    newest = max(place.glob("*.tar"))
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(newest)), 0, "Restored")
    assert "failed" not in server.log, server.log


@pytest.mark.slow
def test_a_backup_that_fails_for_good_is_logged_and_among_the_failed_jobs(
    chat: Installation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    from chatapp.actions.scheduled_backups import KINDS
    from chatapp.jobs import enqueue
    from chatapp.jobs.runner import Runner

    (tmp_path / "file").touch()
    settings = replace(chat.app.extensions["chatapp.settings"], backup_to=str(tmp_path / "file" / "backups"))
    journal = chat.app.extensions["chatapp.journal"]
    runner = Runner(chat.app.app_context, journal, settings, [replace(KINDS[1], most_attempts=1)])
    journal.listen(runner.committed)
    runner.start()
    try:
        journal.write(lambda transaction: enqueue(transaction, "backup", {}, key="backup"))
        wait_until(lambda: "1 failed" in chat.run("jobs").output, "it has failed", 60)
    finally:
        runner.stop()
    expect_output(chat.run("jobs", "failed"), 0, "backup\t1\t", "backups cannot be used: Not a directory.")
    assert "A job of the kind backup has failed for good" in caplog.text


def test_pg_dump_that_is_missing_or_too_old_is_named(
    chat: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if chat.is_sqlite:
        pytest.skip("SQLite needs no program")
    target = str(tmp_path / "backup.tar")
    old = tmp_path / "old"
    old.mkdir()
    (old / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (old / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}:/usr/bin:/bin")
    expect_output(chat.run("backup", target), 1, "is of PostgreSQL 9 and the server of 18")
    (old / "pg_dump").unlink()
    monkeypatch.setenv("PATH", str(old))
    expect_output(chat.run("backup", target), 1, "pg_dump is not on the PATH")
