"""The command `chatapp`: what it does, its exit status, and one sentence instead of a traceback for a mistake."""

import json
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from alembic import command
from click.testing import CliRunner, Result

from chatapp import close_app, create_app
from chatapp.cli import main
from chatapp.migrations import alembic_config
from tests.databases import Databases
from tests.servers import ROOT, Server, environment, free_port

Run = Callable[..., Result]


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


def test_a_user_is_added_and_listed(run: Run) -> None:
    expect_output(run("users", "list"), 0)
    expect_output(
        run("users", "add", "anna", "--first-name", "Anna", "--last-name", "Ek", "--password", "long enough"), 0, "anna"
    )
    expect_output(run("users", "add", "ben", "--no-password"), 0)
    assert run("users", "list").output == "anna\tAnna Ek\nben\tben\tno password\n"


def test_a_password_is_asked_for_twice_and_not_shown(run: Run) -> None:
    result = run("users", "add", "anna", input="a secret word\na secret word\n")
    expect_output(result, 0, "Password")
    assert "a secret word" not in result.output
    assert "no password" not in run("users", "list").output


def test_an_aborted_password_prompt_adds_no_user(run: Run) -> None:
    expect_output(run("users", "add", "anna", input=""), 1, "Abort")
    assert run("users", "list").output == ""


@pytest.mark.parametrize("name", ["anna", "Anna", "ANNA"])
def test_a_username_is_unique_regardless_of_case(run: Run, name: str) -> None:
    expect_output(run("users", "add", "anna", "--no-password"), 0)
    expect_output(run("users", "add", name, "--no-password"), 1, "taken", "anna")
    assert run("users", "list").output.count("\n") == 1


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "a/b", "-anna", ".", "..", "x" * 65, "a\tb", "a\nb", "😀", "\u0958" * 33, "a?b", "a%b", "\u3164"],
)
def test_an_invalid_username_is_refused(run: Run, name: str) -> None:
    expect_output(run("users", "add", "--no-password", "--", name), 1, "username")
    assert run("users", "list").output == ""


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_has_limits(run: Run, password: str) -> None:
    expect_output(run("users", "add", "anna", "--password", password), 1, "password")
    expect_output(run("users", "add", "anna", "--no-password"), 0)
    expect_output(run("users", "password", "anna", "--password", password), 1, "password")
    assert "no password" in run("users", "list").output


def test_a_long_display_name_is_refused(run: Run) -> None:
    expect_output(run("users", "add", "anna", "--no-password", "--first-name", "x" * 101), 1, "first_name")
    expect_output(run("users", "add", "anna", "--no-password", "--last-name", "x" * 101), 1, "last_name")


@pytest.mark.parametrize("name", ["\u200b", " ", "\u3164\u2800"])
def test_an_invisible_display_name_is_refused(run: Run, name: str) -> None:
    expect_output(run("users", "add", "anna", "--no-password", "--first-name", name), 1, "first_name", "visible")
    expect_output(run("users", "add", "anna", "--no-password", "--last-name", name), 1, "last_name", "visible")
    assert run("users", "list").output == ""


def test_an_address_is_set_taken_away_and_belongs_to_one_account(run: Run) -> None:
    expect_output(run("users", "add", "anna", "--no-password", "--email", "Anna@Example.org"), 0)
    expect_output(run("users", "add", "ben", "--no-password"), 0)
    expect_output(run("users", "email", "ben", "anna@example.ORG"), 1, "Another account")
    expect_output(run("users", "add", "cleo", "--no-password", "--email", "anna@example.org"), 1, "taken")
    expect_output(run("users", "email", "anna"), 0, "no address")
    expect_output(run("users", "email", "ben", "anna@example.org"), 0, "ben")
    expect_output(run("users", "email", "nobody", "x@example.org"), 1, "no such user")
    for wrong in ("x", "@", "a b@c", "a@b@c", "a@b\nc", "x" * 250 + "@example.org"):
        expect_output(run("users", "email", "anna", wrong), 1, "email")


def test_a_new_password_is_set(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("users", "password", "anna", "--password", "long enough"), 0, "anna")
    assert "no password" not in run("users", "list").output
    expect_output(run("users", "password", "nobody", "--password", "long enough"), 1, "no such user")


def test_a_lost_second_factor_is_reset(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("users", "reset-factor", "anna"), 0, "anna has no second factor and is signed out everywhere.")
    expect_output(run("users", "reset-factor", "anna", "--passkeys"), 0, "0 passkeys are removed.")
    expect_output(run("users", "reset-factor", "nobody"), 1, "no such user")


def test_a_deactivated_user_stays_in_the_list_and_is_marked(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("users", "deactivate", "anna"), 0, "anna")
    assert run("users", "list").output == "anna\tanna\tno password, deactivated\n"
    expect_output(run("users", "deactivate", "anna"), 0)
    expect_output(run("users", "deactivate", "nobody"), 1, "no such user")


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


def test_a_process_exits_with_the_status_of_its_command(tmp_path: Path) -> None:
    for arguments, status in ((["config"], 0), (["users", "list"], 0), (["users", "add"], 2)):
        ended = process(*arguments, CHATAPP_INSTANCE=str(tmp_path))
        assert ended.returncode == status, ended.stderr
        assert "Traceback" not in ended.stderr


def test_invitations_are_made_listed_and_revoked(run: Run) -> None:
    made = run("invites", "add", "--uses", "3", "--url", "https://chat.example/")
    expect_output(made, 0, "https://chat.example/#/join/", "for 3 accounts")
    secret = made.output.split("#/join/")[1].split()[0]
    number = made.output.split("Invitation ")[1].split(",")[0]
    listed = run("invites", "list")
    expect_output(listed, 0, "0/3", "\tvalid")
    assert secret not in listed.output
    expect_output(run("invites", "revoke", number), 0, "revoked")
    expect_output(run("invites", "list"), 0, "not valid")
    expect_output(run("invites", "revoke", "999"), 1, "no such invitation")
    expect_output(run("invites", "add", "--uses", "0"), 2, "--uses")


def test_an_operator_sees_and_ends_the_sessions_of_a_user(run: Run, installation: dict[str, str]) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("users", "sessions", "nobody"), 1, "no such user")
    expect_output(run("users", "sign-out", "nobody"), 1, "no such user")
    settings = {name.removeprefix("CHATAPP_").lower(): value for name, value in installation.items()}
    app = create_app({**settings, "async_mode": "threading", "sign_in": "username"})
    try:
        answer = app.test_client().post("/login", json={"username": "anna"}, headers={"User-Agent": "A phone"})
        assert answer.status_code == 200
    finally:
        close_app(app)
    began, used, *rest = run("users", "sessions", "anna").output.rstrip("\n").split("\t")
    assert (began, rest) == (used, ["name", "127.0.0.1", "A phone"])
    expect_output(run("users", "sign-out", "anna"), 0, "anna is signed out: 1 session")
    assert run("users", "sessions", "anna").output == ""


def test_the_audit_log_tells_who_did_what(run: Run) -> None:
    run("users", "add", "anna", "--password", "long enough")
    run("users", "password", "anna", "--password", "longer than that")
    run("users", "deactivate", "anna")
    lines = [line.split("\t") for line in run("audit").output.splitlines()]
    assert [(line[0], line[2:5]) for line in lines] == [
        ("1", ["account_added", "(operator)", "anna"]),
        ("2", ["password_reset", "(operator)", "anna"]),
        ("3", ["account_deactivated", "(operator)", "anna"]),
    ]
    last = json.loads(run("audit", "--json", "--after", "2").output)
    assert (last["kind"], last["target"], last["actor"], last["details"]) == ("account_deactivated", "anna", "", {})
    assert "long" not in run("audit", "--json").output, "no password is recorded"


def test_an_operator_gives_roles_and_takes_them(run: Run) -> None:
    expect_output(run("users", "add", "anna", "--no-password", "--admin"), 0)
    expect_output(run("users", "add", "ben", "--no-password", "--role", "moderator"), 0)
    expect_output(run("users", "add", "carl", "--no-password", "--role", "king"), 2, "--role")
    assert run("users", "list").output == "anna\tanna\tadministrator, no password\nben\tben\tmoderator, no password\n"
    for arguments in (["role", "anna", "member"], ["deactivate", "anna"]):
        expect_output(run("users", *arguments), 1, "needs an administrator")
    expect_output(run("users", "role", "ben", "administrator"), 0, "ben is administrator now")
    expect_output(run("users", "role", "anna", "member"), 0)
    expect_output(run("users", "role", "anna", "member"), 0)
    expect_output(run("users", "role", "nobody", "member"), 1, "no such user")
    changes = [line.split("\t")[4:] for line in run("audit").output.splitlines() if "role_changed" in line]
    assert changes == [
        ["ben", "", "role administrator, former moderator"],
        ["anna", "", "role member, former administrator"],
    ]


def test_an_operator_prints_a_link_for_a_new_password(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    link = run("users", "reset", "anna", "--url", "https://chat.example.org/").output
    assert re.fullmatch(r"https://chat\.example\.org/#/reset/[\w-]{22}\n", link)
    expect_output(run("users", "reset", "nobody"), 1, "no such user")


def test_an_operator_looks_after_groups(run: Run, installation: dict[str, str]) -> None:
    for name in ("anna", "ben"):
        run("users", "add", name, "--no-password")
    settings = {name.removeprefix("CHATAPP_").lower(): value for name, value in installation.items()}
    app = create_app({**settings, "async_mode": "threading", "sign_in": "username"})
    try:
        client = app.test_client()
        token = client.post("/login", json={"username": "anna"}).headers["auth-token"]
        body = {"groupName": "Rowing"}
        made = app.test_client().post("/group", json=body, headers={"auth-token": token}).get_json()["newGroup"]
    finally:
        close_app(app)
    number = made["groupId"]
    assert run("groups", "list").output == f"{number}\tRowing\t1\tanna\n"
    assert run("groups", "list", "--search", "sailing").output == ""
    expect_output(run("groups", "owner", number, "ben"), 1, "has an owner")
    run("users", "deactivate", "anna")
    expect_output(run("groups", "owner", number, "ben"), 0, "ben is an owner")
    assert run("groups", "list", "--search", "row").output == f"{number}\tRowing\t2\tben\n"
    expect_output(run("groups", "delete", number, input="n\n"), 1, "Abort")
    expect_output(run("groups", "delete", number, "--yes"), 0, "deleted")
    assert run("groups", "list").output == ""
    expect_output(run("groups", "delete", number, "--yes"), 1, "no such group")


def test_a_closed_account_is_opened_again(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    run("users", "deactivate", "anna")
    expect_output(run("users", "reactivate", "anna"), 0, "anna is active again")
    assert run("users", "list").output == "anna\tanna\tno password\n"
    expect_output(run("users", "reactivate", "nobody"), 1, "no such user")


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
