"""Servers that start, and servers that refuse to start."""

import stat
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.databases import Databases
from tests.people import Person
from tests.servers import FLASK, ROOT, SOCKETS, Server, environment, free_port

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers in one instance folder, and kills those that still run at the end."""
    started: list[Server] = []

    def start_one(command: list[str] | None = None, ready: str | None = None, **settings: Any) -> Server:
        started.append(Server(tmp_path / "instance", command, is_cold=True, **settings))
        return started[-1].start(ready)

    yield start_one
    for server in started:
        server.kill()


def refusal_of(server: Server) -> str:
    """Asserts that a server refuses to start, and returns its output."""
    server.instance.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        server.command,
        cwd=ROOT,
        env=environment(**server.environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode != 0
    return ended.stdout + ended.stderr


@pytest.mark.slow
def test_a_second_start_on_the_same_folder_keeps_all_data(start: Start) -> None:
    first = start()
    alice = Person(first, "alice")
    assert alice.post("/messages", {"receiver": "bob", "content": "kept"}).status_code == 200
    readable = {one.name for one in first.instance.iterdir() if stat.S_IMODE(one.stat().st_mode) & 0o077}
    assert readable <= {"server.log", "chatapp.db.sockets"}, "Only the owner of the files may read messages"
    assert first.stop() == 0
    first.start()
    assert [one["content"] for one in alice.history("bob")] == ["kept"]
    assert alice.get("/loggedIn").status_code == 200
    assert "Traceback" not in first.log


@pytest.mark.slow
def test_a_second_socket_process_on_the_same_sqlite_file_is_refused(start: Start, tmp_path: Path) -> None:
    first = start()
    for command in (None, SOCKETS):
        said = refusal_of(Server(tmp_path / "instance", command))
        assert "another Socket.IO process already serves this SQLite file" in said
        assert "CHATAPP_DATABASE_URL" in said
        assert "Traceback" not in said
    assert requests.get(first.http + "/readyz", timeout=5).status_code == 200
    first.kill()
    start().stop()


@pytest.mark.slow
def test_a_start_on_a_taken_port_is_refused(start: Start, tmp_path: Path) -> None:
    first = start()
    port = first.environment["CHATAPP_HTTP_PORT"]
    said = refusal_of(Server(tmp_path / "other", CHATAPP_HTTP_PORT=port))
    assert f"port {port}" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_sign_in_by_name_is_refused_on_a_public_address(tmp_path: Path) -> None:
    for command, host in ((None, "0.0.0.0"), (SOCKETS, "::")):
        said = refusal_of(Server(tmp_path, command, CHATAPP_HOST=host))
        assert "CHATAPP_SIGN_IN=username" in said
        assert "CHATAPP_TRUST_NETWORK" in said
        assert "Traceback" not in said


@pytest.mark.slow
def test_sign_in_by_name_on_a_trusted_network_starts_with_a_warning(start: Start) -> None:
    server = start(CHATAPP_HOST="0.0.0.0", CHATAPP_TRUST_NETWORK=1)
    assert Person(server, "alice").get("/loggedIn").status_code == 200
    assert "Sign-in is by name alone" in server.log
    assert server.stop() == 0


@pytest.mark.slow
def test_two_processes_that_start_at_once_on_an_empty_database_both_start(databases: Databases, tmp_path: Path) -> None:
    url, http_port, ws_port = databases.new_empty(), free_port(), free_port()
    ports = {"CHATAPP_DATABASE_URL": url, "CHATAPP_HTTP_PORT": http_port, "CHATAPP_WS_PORT": ws_port}
    flask = Server(tmp_path, [*FLASK, "--port", str(http_port)], is_cold=True, **ports)
    sockets = Server(tmp_path, SOCKETS, is_cold=True, **ports)
    try:
        with ThreadPoolExecutor(2) as pool:
            starts = [pool.submit(flask.start), pool.submit(sockets.start, sockets.ws + "/readyz")]
        for one in starts:
            one.result()
        assert sockets.stop() == 0
        assert "Traceback" not in flask.log
    finally:
        for server in (flask, sockets):
            if server.process is not None:
                server.kill()


@pytest.mark.slow
def test_flask_run_names_a_bad_setting(tmp_path: Path) -> None:
    settings = {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_TOKEN_SECONDS": "soon"}
    command = [*FLASK, "--port", str(free_port())]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "Error: CHATAPP_TOKEN_SECONDS" in ended.stderr
    assert "Traceback" not in ended.stderr
