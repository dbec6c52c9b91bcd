"""POST /login: who may sign in, and what the response contains."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from chatapp.extensions import db
from tests.api.error_bodies import cookies, refusal
from tests.conftest import DAVES_PASSWORD, Browser

Browse = Callable[[str | None], Browser]


_addresses = itertools.count(1)


def sign_in(app: Flask, **body: Any) -> TestResponse:
    """Signs in from a new address each time, because attempts are limited in password mode."""
    address = f"127.0.0.{next(_addresses) % 255}"
    return app.test_client().post("/login", json=body, environ_base={"REMOTE_ADDR": address})


def test_a_username_signs_in_without_a_password_in_username_mode(app: Flask) -> None:
    answer = sign_in(app, username="alice")
    assert answer.status_code == 200
    assert answer.get_json() == {"response": "Signed in as alice."}
    claims = jwt.decode(answer.headers["auth-token"], options={"verify_signature": False})
    assert claims["sub"] == "alice"
    assert cookies(answer)["chatToken"]["value"] == answer.headers["auth-token"]


def test_additional_user_fields_are_ignored(app: Flask) -> None:
    answer = sign_in(app, username="alice", firstName="Alice", lastName="Ardern", isOnline=False)
    assert answer.status_code == 200


def test_a_second_sign_in_creates_another_session(app: Flask) -> None:
    first, second = (sign_in(app, username="alice").headers["auth-token"] for _ in range(2))
    assert _session(first) != _session(second)
    for token in (first, second):
        assert app.test_client().get("/loggedIn", headers={"auth-token": token}).status_code == 200


def test_an_account_with_a_password_needs_it_in_username_mode_too(app: Flask) -> None:
    assert sign_in(app, username="dave", password=DAVES_PASSWORD).status_code == 200
    for attempt in ({}, {"password": None}, {"password": ""}, {"password": "wrong"}):
        refusal(sign_in(app, username="dave", **attempt), 401, "wrong_credentials")


def test_a_password_is_needed_in_password_mode(password_app: Flask) -> None:
    assert sign_in(password_app, username="dave", password=DAVES_PASSWORD).status_code == 200
    refusal(sign_in(password_app, username="dave"), 401, "wrong_credentials")


def test_an_account_without_a_password_cannot_sign_in_in_password_mode(password_app: Flask) -> None:
    for attempt in ({}, {"password": ""}, {"password": "no account has this password"}):
        refusal(sign_in(password_app, username="alice", **attempt), 401, "wrong_credentials")


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(app: Flask, password_app: Flask) -> None:
    for one in (app, password_app):
        wrong = sign_in(one, username="dave", password="wrong")
        unknown = sign_in(one, username="nobody-of-this-name", password="wrong")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.data == unknown.data
        assert _told(wrong) == _told(unknown)


def test_an_unknown_user_and_a_wrong_password_take_the_same_path(
    password_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compares what is called instead of times: the statements of the database, and the hashes that are computed."""
    taken: list[str] = []
    verify = PasswordHasher.verify

    def recorded(hasher: PasswordHasher, password_hash: str, password: str) -> Any:
        taken.append(f"argon2 {extract_parameters(password_hash)}")
        try:
            return verify(hasher, password_hash, password)
        except VerifyMismatchError:
            # Any other failure would be found before the hash is computed.
            taken.append("mismatch")
            raise

    monkeypatch.setattr(PasswordHasher, "verify", recorded)
    with password_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: taken.append(re.sub(r"_\d+", "", arguments[2])))

    def path_of(username: str) -> list[str]:
        taken.clear()
        refusal(sign_in(password_app, username=username, password="wrong"), 401, "wrong_credentials")
        return list(taken)

    wrong, unknown, passwordless = map(path_of, ("dave", "nobody-of-this-name", "alice"))
    assert wrong == unknown == passwordless
    assert [step for step in wrong if step.startswith("argon2")]
    assert "mismatch" in wrong
    assert sum(step.startswith("INSERT INTO audit_event") for step in wrong) == 1
    assert len(wrong) == 6


@pytest.mark.parametrize("username", ["alice", "Alice", "ALICE", "ａlice"])
def test_case_and_width_of_a_username_do_not_matter(app: Flask, username: str) -> None:
    answer = sign_in(app, username=username)
    assert (answer.status_code, answer.get_json()["response"]) == (200, "Signed in as alice.")


@pytest.mark.parametrize("username", ["al1ce", "alice ", " alice", "ali%", "'; --", "\u202ealice", "аlice"])
def test_a_name_that_resembles_a_username_is_unknown(app: Flask, username: str) -> None:
    refusal(sign_in(app, username=username), 401, "wrong_credentials")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": None},
        {"username": ""},
        {"username": 5},
        {"username": ["alice"]},
        {"username": {"$ne": None}},
        {"username": "alice\x00"},
        {"username": "a" * 1001},
        {"username": "alice", "password": 7},
        {"username": "alice", "password": "x" * 1025},
        {"user": "alice"},
    ],
)
def test_an_invalid_field_is_422_and_named(app: Flask, body: dict[str, Any]) -> None:
    error = refusal(sign_in(app, **body), 422, "invalid_input")
    assert set(error["details"]["fields"]) <= {"username", "password"}
    assert error["details"]["fields"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"null", b"[]", b'"alice"', b'{"username": "\\ud800"}', b'{"username": NaN}', b"\xff", b"[" * 5000],
)
def test_a_body_that_is_not_a_json_object_is_400(app: Flask, raw: bytes) -> None:
    answer = app.test_client().post("/login", data=raw, content_type="application/json")
    refusal(answer, 400, "malformed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_content_type_that_a_form_can_send_is_400(app: Flask, kind: str) -> None:
    answer = app.test_client().post("/login", data=b'{"username": "alice"}', content_type=kind)
    refusal(answer, 400, "malformed")


def test_a_body_above_a_megabyte_is_413(app: Flask, password_app: Flask) -> None:
    for one in (app, password_app):
        refusal(sign_in(one, username="alice", password="x" * 1_000_001), 413, "too_large")


def test_the_cookies_are_for_all_paths_and_same_site(app: Flask) -> None:
    found = cookies(sign_in(app, username="alice"))
    own = app.extensions["chatapp.installation"]
    for suffix in ("", f"-{own}"):
        token, csrf = found.pop("chatToken" + suffix), found.pop("XSRF-TOKEN" + suffix)
        assert "httponly" in token
        # The page's script reads it: that is what double submit rests on.
        assert "httponly" not in csrf
        for cookie in (token, csrf):
            assert cookie["path"] == "/"
            assert cookie["samesite"] == "Lax"
            assert "domain" not in cookie
            assert "secure" not in cookie
    assert found == {}


def test_the_installations_own_cookies_say_the_same_as_the_plain_ones(app: Flask) -> None:
    found = cookies(sign_in(app, username="alice"))
    own = app.extensions["chatapp.installation"]
    for name in ("chatToken", "XSRF-TOKEN"):
        assert found[f"{name}-{own}"]["value"] == found[name]["value"]
        # They go when they are of no more use: a host name may have seen many installations.
        assert found[f"{name}-{own}"]["max-age"] == "604800"


def test_a_forwarded_scheme_counts_only_with_a_configured_proxy(app: Flask, make_app: Callable[..., Flask]) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5", "X-Forwarded-Host": "chat.example.org"}
    alone = app.test_client().post("/login", json={"username": "alice"}, headers=forwarded)
    assert not any("secure" in cookie for cookie in cookies(alone).values())
    app = make_app(proxies=1, trust_network=1)
    behind = app.test_client().post("/login", json={"username": "alice"}, headers=forwarded)
    assert len(cookies(behind)) == 4
    assert all("secure" in cookie for cookie in cookies(behind).values())


def test_a_deactivated_account_is_answered_like_an_unknown_one(make_app: Callable[..., Flask]) -> None:
    from chatapp.actions.administration import deactivate
    from chatapp.actions.audit import OPERATOR

    app = make_app()
    assert sign_in(app, username="bob").status_code == 200
    with app.app_context():
        deactivate(app.extensions["chatapp.journal"], OPERATOR, "bob")
    gone = sign_in(app, username="bob")
    refusal(gone, 401, "wrong_credentials")
    assert gone.data == sign_in(app, username="nobody-of-this-name").data


def test_signing_in_by_get_is_refused(app: Flask) -> None:
    refusal(app.test_client().get("/login?username=alice"), 405, "method_not_allowed")


def _session(token: str) -> str:
    jti: str = jwt.decode(token, options={"verify_signature": False})["jti"]
    return jti


def _told(answer: TestResponse) -> set[tuple[str, str]]:
    of_each_request = ("X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "X-Request-ID")
    return {one for one in answer.headers.items() if one[0] not in of_each_request}


def test_username_mode_requires_a_loopback_address(make_app: Callable[..., Flask]) -> None:
    body = {"username": "alice"}
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert make_app().test_client().post("/login", json=body).status_code == 200
    answer = make_app().test_client().post("/login", json=body, environ_base=elsewhere)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "forbidden")
    trusting = make_app(trust_network=1).test_client()
    assert trusting.post("/login", json=body, environ_base=elsewhere).status_code == 200
