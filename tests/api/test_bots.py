"""Bots: how they are made, what their tokens open, and that nothing else signs in as one."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from chatapp.actions.bots import MOST_TOKENS
from chatapp.actions.sessions import Caller, Place, begin_session
from chatapp.api.authentication import make_token
from chatapp.clock import now
from chatapp.errors import Forbidden
from chatapp.extensions import db
from chatapp.models import Session, User
from tests.api.administrators import Add, Browse, with_token
from tests.api.error_bodies import refusal
from tests.api.group_calls import say
from tests.api.routes import BODIES, OWN, STAFF, routes_of
from tests.conftest import Browser
from tests.people import wait_until

_numbers = itertools.count(1)


@pytest.fixture
def bot(admin: Browser) -> str:
    """The username of a new bot without a token."""
    name = f"robot{next(_numbers):05}"
    answer = admin.post("/admin/bots", json={"username": name, "name": "Robo"})
    assert answer.status_code == 200, answer.text
    return name


def new_token(admin: Browser, bot: str, **body: Any) -> dict[str, Any]:
    answer = admin.post(f"/admin/bots/{bot}/tokens", json={"name": "robot", **body})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def tokens_of(admin: Browser, bot: str) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = admin.get(f"/admin/bots/{bot}/tokens").get_json()["tokens"]
    return tokens


@pytest.fixture
def program(app: Flask, admin: Browser, bot: str) -> Browser:
    """A client with a token of the bot."""
    return with_token(app, new_token(admin, bot)["token"])


def test_an_administrator_makes_a_bot_and_sees_it_listed(admin: Browser, bot: str) -> None:
    (listed,) = (one for one in admin.get("/admin/bots").get_json()["bots"] if one["username"] == bot)
    assert {**listed, "createdAt": ""} == {
        "username": bot,
        "name": "Robo",
        "isActive": True,
        "createdAt": "",
        "lastSeen": None,
        "tokens": 0,
    }
    refusal(admin.post("/admin/bots", json={"username": bot.upper(), "name": "Other"}), 409, "conflict")
    refusal(admin.post("/admin/bots", json={"username": "", "name": "Robo"}), 422, "invalid_input")
    refusal(admin.post("/admin/bots", json={"username": "nameless"}), 422, "invalid_input")


def test_a_token_is_shown_once_and_stored_as_a_hash(app: Flask, admin: Browser, bot: str) -> None:
    made = new_token(admin, bot, name="Weather of the harbour", days=7)
    assert made["token"].startswith("chatapp_bot_")
    assert len(made["token"]) >= len("chatapp_bot_") + 43, "256 bits are 43 characters of base64"
    listing = admin.get(f"/admin/bots/{bot}/tokens")
    (listed,) = listing.get_json()["tokens"]
    assert made["token"] not in listing.text
    assert (listed["id"], listed["name"], listed["lastUsed"]) == (made["id"], "Weather of the harbour", None)
    assert listed["expiresAt"] == made["expiresAt"] is not None
    with app.app_context():
        row = db.session.get_one(Session, made["id"])
        stored = str([str(getattr(row, column.name)) for column in Session.__table__.columns])
    assert made["token"].removeprefix("chatapp_bot_") not in stored
    assert new_token(admin, bot)["expiresAt"] is None
    assert new_token(admin, bot)["token"] != made["token"]


def test_what_was_done_is_in_the_audit_log_without_the_secret(admin: Browser, bot: str) -> None:
    made = new_token(admin, bot, name="first")
    assert admin.delete(f"/admin/bots/{bot}/tokens/{made['id']}").status_code == 200
    assert admin.delete(f"/admin/bots/{bot}/tokens/{made['id']}").status_code == 200
    answer = admin.get(f"/admin/audit?username={bot}")
    me = admin.get("/loggedIn").get_json()["username"]
    assert [(line["kind"], line["actor"], line["details"]) for line in answer.get_json()["lines"]] == [
        ("token_revoked", me, {"name": "first"}),
        ("token_added", me, {"name": "first"}),
        ("account_added", me, {"count": 1, "role": "bot"}),
    ]
    assert made["token"] not in answer.text


def test_the_use_of_a_token_is_noted(admin: Browser, bot: str, program: Browser) -> None:
    assert tokens_of(admin, bot)[0]["lastUsed"] is None
    assert program.get("/conversations").status_code == 200
    # The use is stored without a wait.
    wait_until(lambda: tokens_of(admin, bot)[0]["lastUsed"] is not None, "the use of the token")


@pytest.mark.parametrize("header", ["Authorization", "auth-token"])
def test_a_token_opens_by_a_header_and_not_by_a_cookie(app: Flask, admin: Browser, bot: str, header: str) -> None:
    token = new_token(admin, bot)["token"]
    client = app.test_client()
    value = f"Bearer {token}" if header == "Authorization" else token
    answer = client.get("/profile", headers={header: value})
    assert answer.get_json()["profile"]["username"] == bot
    assert "Set-Cookie" not in answer.headers
    assert client.post("/messages", json={"receiver": bot, "content": "me"}, headers={header: value}).status_code == 200
    for name in ("chatToken", f"chatToken-{app.extensions['chatapp.installation']}"):
        client.set_cookie(name, token)
    refusal(client.get("/profile"), 401, "not_signed_in")


@pytest.mark.parametrize("change", [lambda one: one[:-1], lambda one: one + "x", lambda one: one.swapcase()])
def test_another_text_is_no_token(app: Flask, admin: Browser, bot: str, change: Callable[[str], str]) -> None:
    token = new_token(admin, bot)["token"]
    assert with_token(app, token).get("/profile").status_code == 200
    refusal(with_token(app, change(token)).get("/profile"), 401, "not_signed_in")


def test_the_id_of_a_token_or_of_a_session_opens_nothing(app: Flask, admin: Browser, bot: str) -> None:
    own = admin.get("/sessions").get_json()["sessions"][0]["id"]
    for number in (new_token(admin, bot)["id"], own):
        refusal(with_token(app, f"chatapp_bot_{number}").get("/profile"), 401, "not_signed_in")
        refusal(with_token(app, number).get("/profile"), 401, "not_signed_in")


def test_a_signed_token_of_a_bot_opens_nothing(app: Flask, admin: Browser, bot: str) -> None:
    made = new_token(admin, bot)
    with app.app_context():
        bot_id = db.session.scalar(select(User.id).where(User.username == bot)) or 0
        signed = make_token(Caller(bot_id, bot, made["id"], now() + timedelta(days=1)))
    refusal(with_token(app, signed).get("/profile"), 401, "not_signed_in")


def test_a_revoked_token_opens_nothing_and_the_others_stay(app: Flask, admin: Browser, bot: str) -> None:
    first, second = new_token(admin, bot), new_token(admin, bot)
    client = with_token(app, first["token"])
    assert client.get("/conversations").status_code == 200
    assert admin.delete(f"/admin/bots/{bot}/tokens/{first['id']}").status_code == 200
    refusal(client.get("/conversations"), 401, "not_signed_in")
    assert with_token(app, second["token"]).get("/conversations").status_code == 200
    assert [one["id"] for one in tokens_of(admin, bot)] == [second["id"]]


def test_an_expired_token_opens_nothing(app: Flask, admin: Browser, bot: str) -> None:
    made = new_token(admin, bot, days=1)
    client = with_token(app, made["token"])
    assert client.get("/conversations").status_code == 200
    past = update(Session).where(Session.id == made["id"]).values(expires_at=now() - timedelta(seconds=1))
    app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(past))
    refusal(client.get("/conversations"), 401, "not_signed_in")
    assert tokens_of(admin, bot) == []


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [("", "PATCH", {"isActive": False}), ("/sessions", "DELETE", None), ("/suspension", "PUT", {"hours": 1})],
)
def test_what_ends_the_sessions_of_a_person_ends_the_tokens_of_a_bot(
    admin: Browser, bot: str, program: Browser, path: str, method: str, body: Any
) -> None:
    assert program.get("/conversations").status_code == 200
    assert admin.open(f"/admin/people/{bot}{path}", method=method, json=body).status_code == 200
    refusal(program.get("/conversations"), 401, "not_signed_in")
    again = admin.post(f"/admin/bots/{bot}/tokens", json={"name": "again"})
    codes = {"": "account_deactivated", "/suspension": "account_suspended"}
    if path in codes:
        refusal(again, 403, codes[path])
    else:
        assert again.status_code == 200


def test_a_bot_has_a_bounded_number_of_tokens(admin: Browser, bot: str) -> None:
    made = [new_token(admin, bot) for _ in range(MOST_TOKENS)]
    refusal(admin.post(f"/admin/bots/{bot}/tokens", json={"name": "more"}), 409, "limit_reached")
    assert admin.delete(f"/admin/bots/{bot}/tokens/{made[0]['id']}").status_code == 200
    new_token(admin, bot)


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x" * 101}, {"name": "t", "days": 0}, {"name": "t", "days": "1"}]
)
def test_malformed_tokens_are_refused(admin: Browser, bot: str, body: dict[str, Any]) -> None:
    refusal(admin.post(f"/admin/bots/{bot}/tokens", json=body), 422, "invalid_input")


def test_only_bots_have_tokens_and_each_only_its_own(admin: Browser, bot: str, person: Add) -> None:
    name, made = person(), new_token(admin, bot)
    other = f"{bot}.b"
    assert admin.post("/admin/bots", json={"username": other, "name": "B"}).status_code == 200
    for owner in (name, "nobody"):
        refusal(admin.get(f"/admin/bots/{owner}/tokens"), 404, "not_found")
        refusal(admin.post(f"/admin/bots/{owner}/tokens", json={"name": "t"}), 404, "not_found")
    for owner in (name, other, "nobody"):
        refusal(admin.delete(f"/admin/bots/{owner}/tokens/{made['id']}"), 404, "not_found")
    own = admin.get("/sessions").get_json()["sessions"][0]["id"]
    refusal(admin.delete(f"/admin/bots/{bot}/tokens/{own}"), 404, "not_found")
    assert len(tokens_of(admin, bot)) == 1


# Nothing but a token signs in as a bot.


def test_nobody_signs_in_by_the_name_of_a_bot(app: Flask, browse: Browse, bot: str) -> None:
    refusal(browse(None).post("/login", json={"username": bot}), 401, "wrong_credentials")
    listed = browse(None).get("/users").get_json()["users"]
    assert bot not in [one["username"] for one in listed]
    with app.app_context():
        bot_id = db.session.scalar(select(User.id).where(User.username == bot))
    assert bot_id is not None
    settings = app.extensions["chatapp.settings"]
    # Whatever else might show who somebody is.
    with pytest.raises(Forbidden):
        app.extensions["chatapp.journal"].write(
            lambda transaction: begin_session(transaction, settings, bot_id, bot, "passkey", Place())
        )


def test_a_bot_stays_one_and_gets_no_password(admin: Browser, bot: str, person: Add) -> None:
    refusal(admin.patch(f"/admin/people/{bot}", json={"role": "member"}), 403, "forbidden")
    refusal(admin.post(f"/admin/people/{bot}/reset"), 403, "forbidden")
    refusal(admin.patch(f"/admin/people/{person()}", json={"role": "bot"}), 422, "invalid_input")


OF_ACCOUNT = {
    *("GET /loggedIn", "POST /logout", "PATCH /password", "POST /export", "GET /email", "PUT /email", "DELETE /email"),
    *("GET /passkeys", "POST /passkeys", "POST /passkeys/options", "PATCH /passkeys/<passkey_id>"),
    *("DELETE /passkeys/<passkey_id>", "GET /second-factor", "POST /second-factor", "DELETE /second-factor"),
    *("POST /second-factor/confirm", "POST /second-factor/recovery-codes", "GET /sessions", "DELETE /sessions"),
    *("DELETE /sessions/<session_id>", "PATCH /username", "POST /leave"),
}
"""What is about a person's account."""


def test_a_bot_reaches_no_route_of_accounts_or_administration(app: Flask, program: Browser) -> None:
    assert OF_ACCOUNT < OWN
    assert set(routes_of(app)) > STAFF | OF_ACCOUNT
    for route in sorted(STAFF | OF_ACCOUNT):
        method, path = route.split(" ")
        body = BODIES.get(route, {})
        answer = program.open(path.replace("<", "").replace(">", ""), method=method, json=body)
        refusal(answer, 403, "forbidden")


# What a bot may do.


def test_a_bot_reads_and_writes_where_it_is(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str], bot: str, program: Browser
) -> None:
    host, stranger = newcomers(2)
    group = make_group(host, bot)
    assert say(program, group, "beep").status_code == 200
    assert say(browse(host), group, "boop").status_code == 200
    history = program.get(f"/messages/{bot}/{group}?group=yes").get_json()
    assert [message["content"] for message in history] == ["beep", "boop"]
    assert program.post("/messages", json={"receiver": host, "content": "hello"}).status_code == 200
    assert {one["username"] for one in program.get(f"/all/{bot}").get_json()["users"]} == {bot, host}
    refusal(program.post("/messages", json={"receiver": stranger, "content": "hello"}), 404, "not_found")
    # Somebody writes to the bot, which answers.
    assert browse(stranger).post("/messages", json={"receiver": bot, "content": "hi"}).status_code == 200
    assert program.post("/messages", json={"receiver": stranger, "content": "hello"}).status_code == 200
    refusal(program.post("/group", json={"groupName": "Mine", "users": []}), 403, "forbidden")


def test_a_bot_is_no_member_of_other_groups(
    newcomers: Callable[[int], list[str]], make_group: Callable[..., str], program: Browser
) -> None:
    group = make_group(*newcomers(2))
    refusal(say(program, group, "let me in"), 403, "not_a_member")
    refusal(program.get(f"/group/{group}"), 403, "not_a_member")


def test_everybody_sees_that_a_bot_is_one(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str], bot: str, program: Browser
) -> None:
    (host,) = newcomers(1)
    make_group(host, bot)
    people = browse(host).get(f"/all/{host}").get_json()["users"]
    assert [one["username"] for one in people if one.get("isBot")].count(bot) == 1
    assert "isBot" not in next(one for one in people if one["username"] == host)
    members = browse(host).get(f"/all/{host}").get_json()["groups"][0]["users"]
    assert [one["username"] for one in members if one.get("isBot")] == [bot]
    changed = program.patch("/profile", json={"statusText": "at your service"})
    assert changed.get_json()["profile"]["isBot"] is True
