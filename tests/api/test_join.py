"""POST /join and POST /invite: who may make an account, and how often an invitation serves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, insert, text
from werkzeug.test import TestResponse

from chatapp import close_app, create_app
from chatapp.actions import invites
from chatapp.actions.audit import OPERATOR
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import User
from tests.api.error_bodies import cookies, refusal
from tests.databases import Databases
from tests.people import wait_until

MakeApp = Callable[..., Flask]
PASSWORD = "a long enough phrase"


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app(sign_in="password", sign_in_limit="100 per minute")


def invited(app: Flask, uses: int = 1, lasts: timedelta = timedelta(days=1)) -> str:
    with app.app_context():
        return invites.add_invite(app.extensions["chatapp.journal"], OPERATOR, uses, lasts).secret


def join(app: Flask, **changes: Any) -> TestResponse:
    body = {"username": "erin", "firstName": "Erin", "lastName": "Ebert", "password": PASSWORD, **changes}
    return app.test_client().post("/join", json={key: value for key, value in body.items() if value is not None})


def sign_in(app: Flask, username: str) -> int:
    return app.test_client().post("/login", json={"username": username, "password": PASSWORD}).status_code


def test_who_is_invited_makes_an_account_and_is_signed_in(app: Flask) -> None:
    answer = join(app, invite=invited(app))
    assert answer.status_code == 200, answer.text
    assert cookies(answer)["chatToken"]["value"] == answer.headers["auth-token"]
    headers = {"auth-token": answer.headers["auth-token"]}
    assert app.test_client().get("/loggedIn", headers=headers).get_json()["username"] == "erin"
    users = app.test_client().get("/users", headers=headers).get_json()["users"]
    names = {user["username"]: (user["firstName"], user["lastName"]) for user in users}
    assert names["erin"] == ("Erin", "Ebert")
    assert sign_in(app, "erin") == 200


def test_an_invitation_serves_as_often_as_it_says(app: Flask) -> None:
    invite = invited(app, uses=2)
    assert [join(app, invite=invite, username=name).status_code for name in ("erin", "finn", "gina")] == [200, 200, 403]
    refusal(join(app, invite=invite, username="gina"), 403, "invite_invalid")
    assert sign_in(app, "gina") == 401


def test_many_at_once_do_not_exceed_an_invitation(app: Flask) -> None:
    invite = invited(app, uses=3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: join(app, invite=invite, username=f"person{number}"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 5


@pytest.mark.parametrize("invite", [None, "", "unknown", "x" * 101, 7])
def test_nobody_joins_without_a_valid_invitation(app: Flask, invite: Any) -> None:
    invited(app)
    assert join(app, invite=invite).status_code in (403, 422)
    assert sign_in(app, "erin") == 401


def test_an_expired_and_a_revoked_invitation_are_refused_alike(app: Flask) -> None:
    expired, revoked = invited(app, lasts=timedelta(seconds=-1)), invited(app)
    with app.app_context():
        newest = invites.list_invites(OPERATOR)[0]
        assert newest.is_valid
        invites.revoke_invite(app.extensions["chatapp.journal"], OPERATOR, newest.id)
    bodies = [refusal(join(app, invite=invite), 403, "invite_invalid") for invite in (expired, revoked, "unknown")]
    assert bodies[0] == bodies[1] == bodies[2]
    for invite in (expired, revoked):
        refusal(app.test_client().post("/invite", json={"invite": invite}), 403, "invite_invalid")


def test_a_valid_invitation_says_when_it_ends_and_is_not_used_by_asking(app: Flask) -> None:
    invite = invited(app)
    for _ in range(3):
        answer = app.test_client().post("/invite", json={"invite": invite})
        assert answer.status_code == 200
        assert answer.get_json()["expiresAt"].endswith("Z")
    assert join(app, invite=invite).status_code == 200
    refusal(app.test_client().post("/invite", json={"invite": invite}), 403, "invite_invalid")


def test_a_name_that_is_taken_uses_no_invitation(app: Flask) -> None:
    invite = invited(app)
    refusal(join(app, invite=invite, username="Alice"), 409, "conflict")
    assert join(app, invite=invite).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "not a name"},
        {"username": None},
        {"firstName": ""},
        {"firstName": None},
        {"password": "short"},
        {"password": None},
        {"password": "x" * 1_025},
    ],
)
def test_a_field_that_is_wrong_is_named_and_uses_no_invitation(app: Flask, wrong: dict[str, Any]) -> None:
    invite = invited(app)
    body = refusal(join(app, invite=invite, **wrong), 422, "invalid_input")
    assert [*wrong] == [*body["details"]["fields"]]
    assert join(app, invite=invite).status_code == 200


def test_the_operator_may_close_or_open_joining(make_app: MakeApp) -> None:
    closed = make_app(sign_in="password", joining="closed", sign_in_limit="100 per minute")
    refusal(join(closed, invite=invited(closed)), 403, "joining_closed")
    refusal(closed.test_client().post("/invite", json={"invite": "any"}), 403, "joining_closed")
    opened = make_app(sign_in="password", joining="open", sign_in_limit="100 per minute")
    assert join(opened).status_code == 200


def test_joining_is_limited_like_signing_in(make_app: MakeApp) -> None:
    app = make_app(sign_in="password", sign_in_limit="2 per minute")
    statuses = [join(app, invite="unknown", username=f"name{number}").status_code for number in range(3)]
    assert statuses == [403, 403, 429]


def test_in_username_mode_nobody_joins_from_another_machine(make_app: MakeApp) -> None:
    app = make_app(sign_in="username", joining="open")
    body = {"username": "erin", "firstName": "Erin", "password": PASSWORD}
    answer = app.test_client().post("/join", json=body, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    refusal(answer, 403, "forbidden")
    assert app.test_client().post("/join", json=body).status_code == 200


def test_the_secret_is_not_in_the_database(app: Flask) -> None:
    invite = invited(app)
    with app.app_context():
        rows = db.session.execute(text("SELECT * FROM invite")).all()
    assert rows
    assert invite not in repr(rows)


def test_a_name_that_another_process_adds_meanwhile_is_taken(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("instance")
    url = Databases(folder, postgres_url).new()
    app = create_app({"instance": folder, "database_url": url, "async_mode": "threading", "joining": "open"})
    other = create_engine(app.extensions["chatapp.settings"].database_url)
    try:
        with other.connect() as process, ThreadPoolExecutor(1) as threads:
            process.execute(
                insert(User).values(
                    username="erin", first_name="E", last_name="", name_skeleton="erin", created_at=now()
                )
            )
            answer = threads.submit(join, app)
            # Its statement waits for the other transaction.
            wait_until(lambda: is_waiting(other), "the second of the two waits")
            process.commit()
            refusal(answer.result(10), 409, "conflict")
    finally:
        other.dispose()
        close_app(app)


def is_waiting(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
