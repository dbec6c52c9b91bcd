"""Usernames that look alike, people with one name, and new passwords, at the doors where accounts are made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_missing_users, add_users
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.errors import Conflict
from chatapp.extensions import db
from chatapp.models import User
from chatapp.username_rule import new_username
from tests.api.error_bodies import refusal
from tests.conftest import DAVES_PASSWORD
from tests.databases import Databases

MakeApp = Callable[..., Flask]
PASSWORD = "a long enough phrase"


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app(sign_in="password", joining="open", sign_in_limit="100 per minute")


def join(app: Flask, username: str, password: str = PASSWORD, **names: str) -> TestResponse:
    body = {"username": username, "firstName": "Erin", "password": password, **names}
    return app.test_client().post("/join", json=body)


def sign_in(app: Flask, username: str, password: str = PASSWORD) -> TestResponse:
    return app.test_client().post("/login", json={"username": username, "password": password})


def marked(app: Flask) -> set[str]:
    """Who has a namesake, as dave sees it."""
    client = app.test_client()
    assert client.post("/login", json={"username": "dave", "password": DAVES_PASSWORD}).status_code == 200
    users = client.get("/all/dave").get_json()["users"]
    return {user["username"] for user in users if user.get("hasNamesake")}


@pytest.mark.parametrize("username", ["alice", "Alice", "ａlice", "a1ice", "B0B", "rnallory", "caro1"])
def test_a_name_that_is_taken_or_looks_like_one_is_refused_without_saying_whose_it_is(
    app: Flask, username: str
) -> None:
    details = refusal(join(app, username), 409, "conflict")["details"]
    assert details["usernames"] == [new_username(username)]


def test_a_name_in_one_script_that_looks_like_one_in_another_is_refused(app: Flask) -> None:
    assert join(app, "coco").status_code == 200
    refusal(join(app, "сосо"), 409, "conflict")
    assert join(app, "иван").status_code == 200


def test_a_mixed_name_is_refused_with_the_rule(app: Flask) -> None:
    body = refusal(join(app, "аlice"), 422, "invalid_input")
    assert "one script" in body["details"]["fields"]["username"]


def test_a_name_that_could_be_an_address_is_refused_with_the_rule(app: Flask) -> None:
    for name in ("ada@example.org", "ada＠example.org"):
        body = refusal(join(app, name), 422, "invalid_input")
        assert "@" not in body["details"]["fields"]["username"]
    add_users(app.extensions["chatapp.journal"], [NewUser("old@example.org", "Old", "", PASSWORD)])
    assert sign_in(app, "old@example.org").status_code == 200, "an account from before the rule"


def test_a_name_of_a_deactivated_account_stays_taken(app: Flask) -> None:
    with app.app_context():
        deactivate(app.extensions["chatapp.journal"], OPERATOR, "carol")
    refusal(join(app, "caro1"), 409, "conflict")


def test_who_joins_signs_in_with_any_spelling_of_the_name(app: Flask) -> None:
    assert join(app, "Élodie").get_json()["response"] == "Welcome, élodie."
    for typed in ("élodie", "ÉLODIE", "e\u0301lodie", "Ｅ\u0301lodie"):
        assert sign_in(app, typed).get_json()["response"] == "Signed in as élodie."
    for other in ("elodie", "é1odie", "éiodie"):
        refusal(sign_in(app, other), 401, "wrong_credentials")


def test_an_account_that_is_older_than_the_rule_keeps_its_name(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(User).where(User.username == "dave").values(username="DoA", name_skeleton="doa"))
        # They look alike, and the older one has the skeleton.
        db.session.execute(update(User).where(User.username == "mallory").values(username="d0a", name_skeleton=None))
        db.session.commit()
    for typed in ("DoA", "doa", "DOA"):
        assert sign_in(app, typed, DAVES_PASSWORD).get_json()["response"] == "Signed in as DoA."
    refusal(sign_in(app, "d0a", DAVES_PASSWORD), 401, "wrong_credentials")


def test_spellings_of_a_name_are_one_name_for_the_limit(make_app: MakeApp) -> None:
    app = make_app(sign_in="password", sign_in_limit="3 per minute")
    spellings = ("dave", "Dave", "DAVE", "ｄave")
    assert [sign_in(app, name, "wrong").status_code for name in spellings] == [401, 401, 401, 429]


def test_spellings_of_a_name_wait_together(make_app: MakeApp) -> None:
    app = make_app(sign_in="password", sign_in_limit="1000 per minute")
    statuses = [sign_in(app, "dAVE" if count % 2 else "dave", "wrong").status_code for count in range(12)]
    assert statuses == [401] * 11 + [429]


def test_demo_users_whose_names_are_taken_are_left_out(app: Flask) -> None:
    users = [NewUser("a1ice", "A"), NewUser("erin", "Erin")]
    with app.app_context():
        add_missing_users(app.extensions["chatapp.journal"], users)
        names = set(db.session.scalars(db.select(User.username)))
    assert "erin" in names
    assert "a1ice" not in names


def test_of_two_processes_that_add_names_that_look_alike_one_does(databases: Databases, tmp_path: Path) -> None:
    url = databases.new()
    common = {"instance": tmp_path, "database_url": url, "async_mode": "threading", "joining": "open"}
    apps = [create_app(common) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as threads:
            for number in range(5):
                pair = (f"coco{number}x", f"c0c0{number}x")
                answers = list(threads.map(join, apps, pair))
                assert sorted(answer.status_code for answer in answers) == [200, 409], [one.text for one in answers]
    finally:
        for one in apps:
            close_app(one)


def test_people_whose_names_look_alike_have_a_namesake(app: Flask) -> None:
    assert marked(app) == set()
    assert join(app, "eve", firstName="Аlice", lastName="Ardеrn").status_code == 200
    assert marked(app) == {"alice", "eve"}
    assert join(app, "frank", firstName="AIice Ardern").status_code == 200
    assert marked(app) == {"alice", "eve", "frank"}
    with app.app_context():
        deactivate(app.extensions["chatapp.journal"], OPERATOR, "alice")
        deactivate(app.extensions["chatapp.journal"], OPERATOR, "frank")
    assert marked(app) == set()


def test_members_of_a_group_carry_the_mark_too(app: Flask) -> None:
    assert join(app, "eve", firstName="Alice", lastName="Ardern").status_code == 200
    dave = {"auth-token": sign_in(app, "dave", DAVES_PASSWORD).headers["auth-token"]}
    body = {"groupName": "Lunch", "users": [{"username": "alice"}, {"username": "bob"}]}
    group = app.test_client().post("/group", json=body, headers=dave).get_json()["newGroup"]
    found: dict[str, Any] = {user["username"]: user.get("hasNamesake", False) for user in group["users"]}
    assert found == {"alice": True, "bob": False, "dave": False}


def test_a_common_password_is_refused_where_people_join(app: Flask) -> None:
    for password in ("password1", "Erin-2026", "ERIN1234", "erinebert"):
        refusal(join(app, "erin", password, lastName="Ebert"), 422, "password_common")
    assert join(app, "erin").status_code == 200


def test_a_common_password_is_refused_where_it_is_changed(app: Flask) -> None:
    headers = {"auth-token": sign_in(app, "dave", DAVES_PASSWORD).headers["auth-token"]}
    client = app.test_client()
    for password in ("iloveyou1", "dave2026!"):
        body = {"current": DAVES_PASSWORD, "password": password}
        refusal(client.patch("/password", json=body, headers=headers), 422, "password_common")
    assert sign_in(app, "dave", DAVES_PASSWORD).status_code == 200


def test_a_sign_in_renews_a_hash_that_was_made_with_other_parameters(app: Flask) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(DAVES_PASSWORD)

    def stored() -> str | None:
        with app.app_context():
            return db.session.scalar(db.select(User.password_hash).where(User.username == "dave"))

    with app.app_context():
        db.session.execute(update(User).where(User.username == "dave").values(password_hash=old))
        db.session.commit()
    assert sign_in(app, "dave", "wrong").status_code == 401
    assert stored() == old
    assert sign_in(app, "dave", DAVES_PASSWORD).status_code == 200
    renewed = stored()
    assert renewed is not None
    assert "m=64," not in renewed
    assert sign_in(app, "dave", DAVES_PASSWORD).status_code == 200
    assert stored() == renewed


def test_an_operator_cannot_add_a_name_that_looks_like_another(app: Flask) -> None:
    journal = app.extensions["chatapp.journal"]
    with app.app_context():
        with pytest.raises(Conflict, match=r"looks like one that is: a1ice\.$"):
            add_users(journal, [NewUser("a1ice", "Al"), NewUser("zoe", "Zoe")])
        with pytest.raises(Conflict, match=r"looks like one that is: z0e, zoe\.$"):
            add_users(journal, [NewUser("z0e", "Zoe"), NewUser("zoe", "Zoe"), NewUser("yan", "Yan")])
        add_users(journal, [NewUser("zoe", "Zoe")])
