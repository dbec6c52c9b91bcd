"""The commands about people: accounts, invitations, sessions, roles, groups, the audit log."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from chatapp import close_app, create_app
from tests.cli.running import Run, expect_output


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


def test_a_name_with_an_at_is_added_only_where_people_sign_in_by_name(run: Run) -> None:
    expect_output(run("users", "add", "anna@example.org", "--no-password"), 1, "username")
    expect_output(run("users", "add", "anna", "--no-password"), 0)
    expect_output(run("users", "rename", "anna", "anna@example.org"), 1, "username")
    by_name = {"CHATAPP_SIGN_IN": "username"}
    expect_output(run("users", "add", "ben@example.org", "--no-password", **by_name), 0, "Added ben@example.org")
    expect_output(run("users", "rename", "anna", "anna@example.org", **by_name), 0, "anna@example.org now")
    listed = run("users", "list").output.split()
    assert [name for name in listed if "@" in name][:1] == ["anna@example.org"]


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


@pytest.mark.slow
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


def test_an_operator_exports_what_is_somebodys(run: Run, tmp_path: Path) -> None:
    expect_output(
        run("users", "add", "anna", "--first-name", "Anna", "--no-password", "--email", "anna@example.org"), 0
    )
    file = tmp_path / "anna.zip"
    expect_output(run("users", "export", "nobody", str(file)), 1, "no such user")
    assert not file.exists()
    expect_output(run("users", "export", "anna", str(file)), 0, "anna", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("profile.json"))["email"] == "anna@example.org"
    lines = [json.loads(line) for line in run("audit", "--json").output.splitlines()]
    assert [(line["kind"], line["actor"], line["target"]) for line in lines][-1] == ("data_exported", "", "anna")


def test_a_user_is_suspended_banned_and_let_in_again(run: Run) -> None:
    run("users", "add", "anna", "--no-password")
    expect_output(run("users", "suspend", "anna", "--days", "2", "--reason", "rude"), 0, "suspended for 2 days")
    expect_output(run("users", "suspend", "anna"), 0, "anna is banned")
    expect_output(run("users", "unsuspend", "anna"), 0, "may sign in again")
    expect_output(run("users", "suspend", "nobody"), 1, "no such user")
    expect_output(run("users", "suspend", "anna", "--days", "0"), 2)
    expect_output(run("users", "suspend", "anna", "--reason", "x" * 501), 2, "at most 500 characters")
    assert run("reports").output == ""
    kinds = [json.loads(line)["kind"] for line in run("audit", "--json").output.splitlines()]
    assert kinds[-3:] == ["account_suspended", "account_banned", "suspension_lifted"]
