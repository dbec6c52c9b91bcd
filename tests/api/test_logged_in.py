"""GET /loggedIn: the client calls it on every page load, before it starts."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from flask import Flask
from sqlalchemy import update

from chatapp.actions.sessions import find_caller
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Session
from chatapp.tokens import claims_of
from tests.api.error_bodies import cookies, refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]


def token_of(browser: Browser) -> str:
    cookie = browser.get_cookie("chatToken")
    assert cookie is not None
    return cookie.value


def test_the_cookie_authenticates(browse: Browse) -> None:
    alice = browse("alice")
    answer = alice.get("/loggedIn")
    assert answer.status_code == 200
    assert answer.get_json() == {"username": "alice", "role": "member"}
    assert answer.headers["auth-token"] == token_of(alice)


@pytest.mark.parametrize("header", ["auth-token", "Authorization"])
def test_a_header_authenticates_and_sets_the_cookie(app: Flask, browse: Browse, header: str) -> None:
    token = token_of(browse("alice"))
    value = token if header == "auth-token" else f"Bearer {token}"
    answer = app.test_client().get("/loggedIn", headers={header: value})
    assert answer.get_json() == {"username": "alice", "role": "member"}
    assert answer.headers["auth-token"] == token
    assert cookies(answer)["chatToken"]["value"] == token


def test_the_header_takes_precedence_over_the_cookie(browse: Browse) -> None:
    alice, bob = browse("alice"), browse("bob")
    answer = alice.get("/loggedIn", headers={"auth-token": token_of(bob)})
    assert answer.get_json() == {"username": "bob", "role": "member"}


def test_a_request_without_a_token_is_401(browse: Browse) -> None:
    answer = browse(None).get("/loggedIn")
    refusal(answer, 401, "not_signed_in")
    assert "auth-token" not in answer.headers


def test_the_basic_authentication_of_a_proxy_is_not_taken_for_a_token(browse: Browse) -> None:
    alice = browse("alice")
    answer = alice.get("/loggedIn", headers={"Authorization": "Basic dXNlcjpwYXNz"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["auth-token"] == token_of(alice)


@pytest.mark.parametrize(
    "value",
    ["Bearer", "Bearer ", "Bearer x", "Bearer x y", ",", "Bearer x,", "bearer", "Bearer \x7f", "Basic =", "x" * 9000],
)
def test_a_malformed_authorization_header_is_401_without_a_cookie(app: Flask, value: str) -> None:
    refusal(app.test_client().get("/loggedIn", headers={"Authorization": value}), 401, "not_signed_in")


@pytest.mark.parametrize("value", ["x", "a.b.c", "null", "undefined", "..", "x y", "é", "a" * 4000])
def test_a_malformed_token_is_401_in_cookie_and_headers(app: Flask, value: str) -> None:
    refusal(app.test_client().get("/loggedIn", headers={"auth-token": value}), 401, "not_signed_in")
    client = app.test_client()
    client.set_cookie("chatToken", value)
    refusal(client.get("/loggedIn"), 401, "not_signed_in")


def test_a_token_signed_by_another_key_is_401(app: Flask, browse: Browse) -> None:
    claims = jwt.decode(token_of(browse("alice")), options={"verify_signature": False})
    assert app.secret_key
    genuine = jwt.encode(claims, str(app.secret_key), "HS256")
    assert app.test_client().get("/loggedIn", headers={"auth-token": genuine}).status_code == 200
    forged = jwt.encode(claims, "another key of thirty-two characters", "HS256")
    refusal(app.test_client().get("/loggedIn", headers={"auth-token": forged}), 401, "not_signed_in")


def test_an_unsigned_token_is_401(app: Flask, browse: Browse) -> None:
    _, payload, signature = token_of(browse("alice")).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    for last in ("", signature):
        answer = app.test_client().get("/loggedIn", headers={"auth-token": f"{header}.{payload}.{last}"})
        refusal(answer, 401, "not_signed_in")


@pytest.mark.parametrize("change", [{"sub": "bob"}, {"jti": "00000000-0000-4000-8000-000000000000"}])
def test_a_signed_token_without_a_matching_session_is_401(app: Flask, browse: Browse, change: dict[str, str]) -> None:
    claims = jwt.decode(token_of(browse("alice")), options={"verify_signature": False})
    token = jwt.encode({**claims, **change}, str(app.secret_key), "HS256")
    refusal(app.test_client().get("/loggedIn", headers={"auth-token": token}), 401, "not_signed_in")


def test_an_expired_token_is_401(app: Flask, browse: Browse) -> None:
    claims = jwt.decode(token_of(browse("alice")), options={"verify_signature": False})
    token = jwt.encode({**claims, "exp": int(now().timestamp()) - 1}, str(app.secret_key), "HS256")
    refusal(app.test_client().get("/loggedIn", headers={"auth-token": token}), 401, "not_signed_in")


def test_an_expired_session_is_401(app: Flask, browse: Browse) -> None:
    alice = browse("alice")
    assert alice.get("/loggedIn").status_code == 200
    jti = jwt.decode(token_of(alice), options={"verify_signature": False})["jti"]
    past = now() - timedelta(seconds=1)
    ended = update(Session).where(Session.id == jti).values(expires_at=past)
    app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(ended) and None)
    refusal(alice.get("/loggedIn"), 401, "not_signed_in")


def test_the_token_expires_with_its_session(app: Flask, browse: Browse) -> None:
    claims = jwt.decode(token_of(browse("alice")), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] in range(604_798, 604_802)


def test_a_session_lookup_returns_its_connection_to_the_pool(app: Flask, browse: Browse) -> None:
    token = browse(None).post("/login", json={"username": "alice"}).headers["auth-token"]
    with app.app_context():
        in_use = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        assert find_caller(app.extensions["chatapp.journal"], claims_of(token)["jti"], "") is not None
        assert db.engine.pool.checkedout() == in_use  # type: ignore[attr-defined]
