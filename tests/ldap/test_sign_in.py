"""Signing in with the directory's password: who gets in, as whom, and with which role."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from ldap3 import MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE
from sqlalchemy import select

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.extensions import db
from chatapp.models import AuditEvent, User
from tests.conftest import CAST, DAVES_PASSWORD, Browser
from tests.databases import Databases
from tests.ldap.slapd import BASE, GROUPS, PASSWORD, PEOPLE, Slapd
from tests.oidc.signing_in import numbers
from tests.servers import free_port

MakeChat = Callable[..., Flask]


@pytest.fixture
def make_chat(
    slapd: Slapd, sqlite_only: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., Flask]:
    """Makes applications with other settings of the directory."""

    def make(**changes: Any) -> Flask:
        file = tmp_path / f"ldap-{next(numbers)}.toml"
        file.write_text(slapd.settings(**changes))
        values = {"instance": tmp_path, "database_url": sqlite_only.new(*CAST), "ldap": file, "async_mode": "threading"}
        app = create_app(values)
        app.testing = True
        request.addfinalizer(lambda: close_app(app))
        return app

    return make


@pytest.fixture
def name(slapd: Slapd) -> str:
    """The name of somebody new in the directory."""
    made = f"person{next(numbers):04}"
    slapd.add(made, givenName="Pat", mail=f"{made}@example.org")
    return made


def browser(app: Flask) -> Browser:
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def sign_in(client: FlaskClient, username: str, password: str | None = PASSWORD, code: str | None = None) -> str:
    """The code of the refusal, or the name of whoever is signed in."""
    body = client.post("/login", json={"username": username, "password": password, "code": code}).get_json()
    if "error" in body:
        return str(body["error"]["code"])
    return str(client.get("/loggedIn").get_json()["username"])


def recorded(app: Flask, kind: str, subject: str) -> list[dict[str, Any]]:
    with app.app_context():
        query = select(AuditEvent).where(AuditEvent.kind == kind, AuditEvent.target == subject).order_by(AuditEvent.id)
        return [json.loads(one.details) for one in db.session.scalars(query)]


def test_the_first_sign_in_makes_an_account_and_the_next_finds_it(app: Flask) -> None:
    first, second = browser(app), browser(app)
    assert sign_in(first, "erin") == "erin"
    assert sign_in(second, "ERIN") == "erin"
    shown = first.get("/profile").get_json()
    assert (shown["profile"]["firstName"], shown["profile"]["lastName"]) == ("Erin", "Ebert")
    assert shown["managedBy"] == "Example Ltd"
    assert [one["method"] for one in first.get("/sessions").get_json()["sessions"]] == ["directory", "directory"]
    assert recorded(app, "joined", "erin") == [{"invitation": None, "issuer": "ldap"}]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("finn", "wrong"),
        ("finn", ""),
        ("finn", None),
        ("finn", "\0"),
        ("finn", "\u00ad"),
        ("nobody", PASSWORD),
        ("nobody", ""),
        ("*", PASSWORD),
        ("fin*", PASSWORD),
        ("*)(uid=*", PASSWORD),
        ("finn)(uid=finn", PASSWORD),
        ("finn\\", PASSWORD),
        (" finn", PASSWORD),
        ("fi\u00adnn", PASSWORD),
    ],
)
def test_everything_that_is_wrong_gets_one_answer(app: Flask, username: str, password: str | None) -> None:
    answer = browser(app).post("/login", json={"username": username, "password": password})
    wrong = browser(app).post("/login", json={"username": "dave", "password": "wrong"})
    assert (answer.status_code, answer.get_json()) == (wrong.status_code, wrong.get_json())
    assert sign_in(browser(app), "finn") == "finn"


def test_a_name_that_two_entries_have_signs_nobody_in(app: Flask, slapd: Slapd, name: str) -> None:
    assert sign_in(browser(app), name) == name
    other = slapd.add(name, f"cn={name},{GROUPS}")
    try:
        assert sign_in(browser(app), name) == "wrong_credentials"
    finally:
        slapd.remove(other)
    assert sign_in(browser(app), name) == name


def test_an_account_with_a_password_of_its_own_is_not_looked_for_in_the_directory(app: Flask, slapd: Slapd) -> None:
    dn = slapd.add("dave")
    assert sign_in(browser(app), "dave") == "wrong_credentials"
    assert sign_in(browser(app), "dave", DAVES_PASSWORD) == "dave"
    slapd.remove(dn)


def test_somebody_whose_name_is_taken_gets_the_first_number_that_is_free(app: Flask, slapd: Slapd) -> None:
    name = f"carol{next(numbers)}x"
    add_users(app.extensions["chatapp.journal"], [NewUser(name, "Carol")])
    slapd.add(name)
    client = browser(app)
    assert sign_in(client, name) == f"{name}2"
    assert sign_in(client, name) == f"{name}2"
    assert client.get("/profile").get_json()["managedBy"] == "Example Ltd"


def test_an_entry_that_is_renamed_and_moved_is_the_same_person_with_the_new_name(
    app: Flask, slapd: Slapd, name: str
) -> None:
    assert sign_in(browser(app), name) == name
    slapd.change(f"uid={name},{PEOPLE}", givenName=[(MODIFY_REPLACE, ["Patricia"])])
    slapd.rename(f"uid={name},{PEOPLE}", f"uid={name}.married")
    assert sign_in(browser(app), name) == "wrong_credentials"
    client = browser(app)
    assert sign_in(client, f"{name}.married") == name
    profile = client.get("/profile").get_json()["profile"]
    assert (profile["firstName"], profile["profileRevision"]) == ("Patricia", 1)
    assert recorded(app, "name_changed", name)[0]["after"].startswith("Patricia")


def test_groups_give_and_take_roles_and_a_new_role_ends_the_sessions(app: Flask, slapd: Slapd, name: str) -> None:
    def role() -> str:
        client = browser(app)
        assert sign_in(client, name) == name
        return str(client.get("/loggedIn").get_json()["role"])

    first, dn = browser(app), f"uid={name},{PEOPLE}"
    assert sign_in(first, name) == name
    assert role() == "member"
    for group in ("moderators", "admins"):
        slapd.change(f"cn={group},{GROUPS}", member=[(MODIFY_ADD, [dn])])
    assert role() == "administrator"
    assert first.get("/loggedIn").status_code == 401
    slapd.change(f"cn=admins,{GROUPS}", member=[(MODIFY_DELETE, [dn])])
    # The only administrator stays one.
    add_users(app.extensions["chatapp.journal"], [NewUser(f"root{next(numbers)}", "Root", role="administrator")])
    assert role() == "moderator"
    slapd.change(f"cn=moderators,{GROUPS}", member=[(MODIFY_DELETE, [dn])])
    assert role() == "member"
    former = [one["role"] for one in recorded(app, "role_changed", name)]
    assert former == ["administrator", "moderator", "member"]


@pytest.mark.parametrize("by_search", [False, True])
def test_a_required_group_is_asked_for_after_the_password(
    make_chat: MakeChat, slapd: Slapd, name: str, by_search: bool
) -> None:
    search = {"groups": "description", "group_filter": "(member={dn})", "group_base_dn": GROUPS} if by_search else {}
    app = make_chat(required_group=f"cn=chat, {GROUPS.upper()}", **search)
    assert sign_in(browser(app), name, "wrong") == "wrong_credentials"
    assert sign_in(browser(app), name) == "group_required"
    slapd.change(f"cn=chat,{GROUPS}", member=[(MODIFY_ADD, [f"uid={name},{PEOPLE}"])])
    assert sign_in(browser(app), name) == name
    assert len(recorded(app, "sign_in_failed", name)) == 2


def test_the_account_has_no_password_here_and_confirms_by_that_of_the_directory(app: Flask, name: str) -> None:
    client = browser(app)
    assert sign_in(client, name) == name
    for method, path, body in (
        ("PATCH", "/password", {"current": PASSWORD, "password": "another long phrase"}),
        ("PATCH", "/profile", {"firstName": "Somebody else"}),
    ):
        refused = client.open(path, method=method, json=body)
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (409, "managed_elsewhere")
    assert client.patch("/profile", json={"firstName": "Pat", "statusText": "away"}).status_code == 200
    assert client.get("/passkeys").get_json()["hasPassword"] is True
    for password, code in ((None, "confirmation_required"), ("wrong", "wrong_password")):
        refused = client.post("/second-factor", json={"password": password})
        assert refused.get_json()["error"]["code"] == code
    secret = client.post("/second-factor", json={"password": PASSWORD}).get_json()["secret"]
    confirmed = client.post("/second-factor/confirm", json={"code": pyotp.TOTP(secret).now()})
    recovery = confirmed.get_json()["recoveryCodes"][0]
    assert sign_in(browser(app), name, "wrong") == "wrong_credentials"
    assert sign_in(browser(app), name) == "second_factor_required"
    assert sign_in(browser(app), name, code="000000") == "wrong_code"
    other = browser(app)
    assert sign_in(other, name, code=recovery) == name
    assert other.get("/sessions").get_json()["sessions"][0]["method"] == "recovery_code"


def test_an_administrator_makes_no_link_for_a_password_of_the_directory(app: Flask, name: str) -> None:
    assert sign_in(browser(app), name) == name
    root = f"root{next(numbers)}"
    add_users(app.extensions["chatapp.journal"], [NewUser(root, "Root", "", DAVES_PASSWORD, "administrator")])
    for who, password, code in ((root, DAVES_PASSWORD, "managed_elsewhere"), ("dave", DAVES_PASSWORD, "forbidden")):
        client = browser(app)
        assert sign_in(client, who, password) == who
        assert client.post(f"/admin/people/{name}/reset").get_json()["error"]["code"] == code


def test_a_deactivated_account_stays_out_and_nobody_new_gets_in_where_nobody_joins(
    app: Flask, make_chat: MakeChat, name: str
) -> None:
    assert sign_in(browser(app), name) == name
    with app.app_context():
        deactivate(app.extensions["chatapp.journal"], OPERATOR, name)
    assert sign_in(browser(app), name) == "account_deactivated"
    assert sign_in(browser(make_chat(join=False)), name) == "joining_closed"


@pytest.mark.parametrize("link", [False, True])
def test_an_account_is_linked_by_its_address_where_that_is_trusted(make_chat: MakeChat, name: str, link: bool) -> None:
    app = make_chat(link=link)
    journal = app.extensions["chatapp.journal"]
    add_users(journal, [NewUser(f"old.{name}", "Old", "", DAVES_PASSWORD, email=f"{name}@example.org")])
    client = browser(app)
    assert sign_in(client, name) == (f"old.{name}" if link else name)
    expected = "wrong_credentials" if link else f"old.{name}"
    assert sign_in(browser(app), f"old.{name}", DAVES_PASSWORD) == expected, "whose password it has"
    with app.app_context():
        email = db.session.scalar(select(User.email).where(User.username == name))
    assert email is None


def test_failures_are_slowed_like_those_of_passwords(app: Flask, name: str) -> None:
    codes = [sign_in(browser(app), spelling, "wrong") for spelling in (name, name.upper(), name.title()) * 4]
    assert codes[:10] == ["wrong_credentials"] * 10
    assert "too_many_attempts" in codes[10:]


def test_a_directory_that_is_gone_or_hangs_keeps_only_its_own_people_out(
    make_chat: MakeChat, silent_port: int, name: str
) -> None:
    changes: list[dict[str, Any]] = [
        {"url": f"ldap://localhost:{free_port()}"},
        {"url": f"ldap://localhost:{silent_port}", "timeout_seconds": 1},
        {"url": f"ldaps://localhost:{silent_port}", "timeout_seconds": 1},
    ]
    for change in changes:
        app = make_chat(**change)
        began = time.monotonic()
        answer = browser(app).post("/login", json={"username": name, "password": PASSWORD})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "directory_unavailable")
        assert time.monotonic() - began < 4
        assert sign_in(browser(app), "dave", DAVES_PASSWORD) == "dave"
        assert sign_in(browser(app), "dave", "wrong") == "wrong_credentials"


def test_no_password_leaves_unless_the_certificate_is_trusted(make_chat: MakeChat, slapd: Slapd, name: str) -> None:
    assert sign_in(browser(make_chat(url=slapd.ldaps)), name) == name
    for change in (
        {"ca_file": None},
        {"ca_file": None, "url": slapd.ldaps},
        {"start_tls": False},
        {"bind_password": "wrong"},
        {"base_dn": f"ou=missing,{BASE}"},
    ):
        expected = "wrong_credentials" if "base_dn" in change else "directory_unavailable"
        assert sign_in(browser(make_chat(**change)), name) == expected, change


def test_a_search_without_an_account_and_a_sign_in_by_address(make_chat: MakeChat, name: str) -> None:
    by_mail = make_chat(user_filter="(|(uid={username})(mail={username}))")
    assert sign_in(browser(by_mail), f"{name}@EXAMPLE.org") == name
    assert sign_in(browser(by_mail), name) == name
    unread = make_chat(bind_dn=None, bind_password=None)
    assert sign_in(browser(unread), name) == "directory_unavailable", "this directory shows nothing to everybody"
