"""The command `chatapp`: what it does, its exit status, and one sentence instead of a traceback for a mistake."""

import json
import re
import socket
import stat
import sys
from pathlib import Path

import pytest
import requests
from alembic import command

from chatapp import close_app, create_app
from chatapp.migrations import alembic_config
from tests.cli.running import Run, expect_output, process
from tests.databases import Databases
from tests.servers import Server, free_port


def test_help_lists_every_command(run: Run) -> None:
    for arguments in (["--help"], ["-h"]):
        expect_output(run(*arguments), 0, "serve", "users", "audit", "db", "config")
    expect_output(run("users", "--help"), 0, "add", "list", "password", "deactivate", "sessions", "sign-out")
    expect_output(run("invites", "--help"), 0, "add", "list", "revoke")
    expect_output(run("db", "--help"), 0, "upgrade")
    expect_output(run("serve", "--help"), 0, "--demo")
    expect_output(run("--version"), 0, "chatapp")


@pytest.mark.parametrize(
    "arguments",
    [["nothing"], ["users", "nothing"], ["users", "add"], ["serve", "--demo", "x"], ["serve", "--demo", "-1"]],
)
def test_a_usage_error_exits_with_status_2(run: Run, arguments: list[str]) -> None:
    expect_output(run(*arguments), 2, "Usage:")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["users", "add", "anna", "--no-password"], 0),
        (["users", "list"], 0),
        (["users", "password", "anna", "--password", "long enough"], 1),
        (["users", "deactivate", "anna"], 1),
        (["db", "upgrade"], 0),
    ],
)
def test_the_first_command_of_an_installation_creates_the_tables(
    run: Run, databases: Databases, arguments: list[str], status: int
) -> None:
    url = databases.new_empty()
    expect_output(run(*arguments, CHATAPP_DATABASE_URL=url), status, "no such user" if status else "")
    expect_output(run("users", "add", "ben", "--no-password", CHATAPP_DATABASE_URL=url), 0)
    assert "ben" in run("users", "list", CHATAPP_DATABASE_URL=url).output
    expect_output(run("db", "upgrade", CHATAPP_DATABASE_URL=url), 0, "revision")


def test_a_database_of_an_older_version_is_refused_and_the_upgrade_named(
    run: Run, databases: Databases, tmp_path: Path
) -> None:
    url = databases.new()
    expect_output(run("users", "add", "anna", "--no-password", CHATAPP_DATABASE_URL=url), 0)
    app = create_app({"instance": tmp_path, "database_url": url, "async_mode": "threading"})
    with app.app_context():
        command.downgrade(alembic_config(), "0001")
    close_app(app)
    for arguments in (["users", "list"], ["users", "add", "ben", "--no-password"], ["users", "deactivate", "anna"]):
        expect_output(run(*arguments, CHATAPP_DATABASE_URL=url), 1, "Error:", "older version", "chatapp db upgrade")
    expect_output(run("db", "upgrade", CHATAPP_DATABASE_URL=url), 0, "revision")
    assert run("users", "list", CHATAPP_DATABASE_URL=url).output == "anna\tanna\tno password\n"


def test_a_database_of_a_newer_version_is_refused(run: Run, databases: Databases) -> None:
    from sqlalchemy import create_engine, text

    url = databases.new()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for arguments in (["db", "upgrade"], ["users", "list"], ["users", "add", "anna", "--no-password"]):
        expect_output(run(*arguments, CHATAPP_DATABASE_URL=url), 1, "newer version", "9999")


@pytest.mark.parametrize("arguments", [["users", "list"], ["db", "upgrade"]])
def test_an_unusable_database_is_reported_without_its_password(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "garbage.db").write_bytes(b"this is no database" * 1000)
    for url in (
        f"sqlite:///{tmp_path}/nowhere/chat.db",
        f"sqlite:///{tmp_path}/garbage.db",
        f"postgresql://chat:hushhush@127.0.0.1:{free_port()}/chat",
    ):
        result = run(*arguments, CHATAPP_DATABASE_URL=url)
        expect_output(result, 1, "Error:", "CHATAPP_DATABASE_URL")
        assert "hushhush" not in result.output


@pytest.mark.parametrize("arguments", [["users", "list"], ["db", "upgrade"], ["config"]])
def test_a_bad_setting_is_named_in_the_error(run: Run, arguments: list[str]) -> None:
    expect_output(run(*arguments, CHATAPP_WS_PORT="x"), 1, "Error: CHATAPP_WS_PORT cannot be 'x'")
    expect_output(run(*arguments, CHATAPP_WS_PROT="1"), 1, "CHATAPP_WS_PROT is not a setting")


def test_an_instance_folder_that_cannot_be_created_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    expect_output(run("users", "list", CHATAPP_INSTANCE=str(tmp_path / "file")), 1, "Error:", "CHATAPP_INSTANCE")


def test_config_shows_every_setting_and_masks_secrets(run: Run, tmp_path: Path) -> None:
    result = run("config", CHATAPP_SECRET_KEY="hush" * 8, CHATAPP_DATABASE_URL="postgresql://chat:hush@db.example/chat")
    expect_output(result, 0, "CHATAPP_HTTP_PORT=8088", "CHATAPP_SIGN_IN=password", "CHATAPP_API_PREFIXES=/,/web")
    expect_output(result, 0, "CHATAPP_SECRET_KEY=***", "postgresql+psycopg2://chat:***@db.example/chat")
    assert "hush" not in result.output
    assert f"CHATAPP_INSTANCE={tmp_path}" in result.output


@pytest.mark.slow
def test_serve_prints_its_address_and_a_second_process_reports_the_taken_port(tmp_path: Path) -> None:
    server = Server(tmp_path / "one", command=[sys.executable, "-m", "chatapp", "serve", "--demo"]).start()
    try:
        port = server.environment["CHATAPP_HTTP_PORT"]
        assert f"http://localhost:{port}/" in server.log
        assert "without a password" in server.log
        assert "Ctrl-C" in server.log
        names = [user["username"] for user in requests.get(server.http + "/users", timeout=5).json()["users"]]
        assert names == ["alice", "bob", "carol"]
        assert stat.S_IMODE((tmp_path / "one" / "secret_key").stat().st_mode) == 0o600
        elsewhere = {"CHATAPP_INSTANCE": str(tmp_path / "two"), "CHATAPP_WS_PORT": str(free_port())}
        second = process("serve", **elsewhere, CHATAPP_HTTP_PORT=port)
        assert (second.returncode, "Traceback" in second.stderr) == (1, False), second.stderr
        assert port in second.stderr
        assert "in use" in second.stderr
        assert requests.get(server.http + "/healthz", timeout=5).status_code == 200
        same = {"CHATAPP_INSTANCE": str(tmp_path / "one"), "CHATAPP_WS_PORT": str(free_port())}
        same_file = process("serve", **same, CHATAPP_HTTP_PORT=str(free_port()))
        assert (same_file.returncode, "Traceback" in same_file.stderr) == (1, False), same_file.stderr
        assert "already serves" in same_file.stderr
    finally:
        assert server.stop() == 0, server.log
    assert "Traceback" not in server.log


@pytest.mark.slow
def test_serve_reports_settings_that_it_cannot_use(tmp_path: Path) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    ports = {"CHATAPP_HTTP_PORT": str(free_port()), "CHATAPP_WS_PORT": str(taken.getsockname()[1])}
    try:
        for settings, word in (
            ({}, str(taken.getsockname()[1])),
            ({"CHATAPP_SIGN_IN": "username", "CHATAPP_HOST": "0.0.0.0"}, "CHATAPP_TRUST_NETWORK"),
            ({"CHATAPP_HOST": "no-such-host.invalid"}, "CHATAPP_HOST"),
        ):
            ended = process("serve", **{"CHATAPP_INSTANCE": str(tmp_path), **ports, **settings})
            assert ended.returncode == 1, ended.stderr
            assert "Traceback" not in ended.stderr
            assert word in ended.stderr
    finally:
        taken.close()


@pytest.mark.slow
def test_a_process_exits_with_the_status_of_its_command(tmp_path: Path) -> None:
    for arguments, status in ((["config"], 0), (["users", "list"], 0), (["users", "add"], 2)):
        ended = process(*arguments, CHATAPP_INSTANCE=str(tmp_path))
        assert ended.returncode == status, ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_setup_link_is_printed_while_there_is_no_account(run: Run) -> None:
    first, second = run("setup-link").output, run("setup-link", "--url", "https://chat.example.org/").output
    assert re.fullmatch(r"http://localhost:8088/#/setup/[\w-]{22}\n", first)
    assert re.fullmatch(r"https://chat\.example\.org/#/setup/[\w-]{22}\n", second)
    expect_output(run("users", "add", "anna", "--password", "long enough", "--admin"), 0)
    assert run("users", "list").output == "anna\tanna\tadministrator\n"
    expect_output(run("setup-link"), 1, "There are accounts already")


def test_the_signing_key_is_replaced(run: Run) -> None:
    expect_output(run("keys", "rotate"), 0, "signed by the new key")
    expect_output(run("keys", "rotate", "--now"), 0, "Everybody is signed out")
    expect_output(run("keys", "rotate", CHATAPP_SIGNING_KEYS="x" * 32), 1, "CHATAPP_SIGNING_KEYS")
    assert json.loads(run("audit", "--json").output)["kind"] == "session_ended"
