"""All failures of the HTTP side have one shape and reveal no internals."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp.extensions import db
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
ROUTES = [
    *(("POST", "/login"), ("GET", "/loggedIn"), ("POST", "/logout"), ("GET", "/users"), ("GET", "/all/alice")),
    *(("GET", "/messages/alice/bob"), ("POST", "/messages"), ("POST", "/group"), ("GET", "/conversations")),
]
PRIVATE = [one for one in ROUTES if one not in (("POST", "/login"), ("GET", "/users"))]


@pytest.mark.parametrize("path", ["/nowhere", "/web/nowhere", "/messages/alice", "/all/", "/all/a/b", "/%00", "/%ff"])
def test_an_unknown_route_is_404(app: Flask, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        refusal(app.test_client().open(path, method=method), 404, "not_found")


@pytest.mark.parametrize(("right", "path"), ROUTES)
def test_a_wrong_method_is_405_with_the_allowed_ones(app: Flask, right: str, path: str) -> None:
    wrong = {"GET", "POST", "PUT", "DELETE", "PATCH"} - {right}
    if path == "/messages/alice/bob":
        wrong -= {"POST"}
    for method in wrong:
        answer = app.test_client().open(path, method=method)
        refusal(answer, 405, "method_not_allowed")
        assert right in answer.headers["Allow"]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_every_route_except_login_and_users_needs_a_session(app: Flask, method: str, path: str) -> None:
    answer = app.test_client().open(path, method=method, json={} if method == "POST" else None)
    refusal(answer, 401, "not_signed_in")


@pytest.mark.parametrize("path", ["/messages", "/group", "/login"])
def test_a_body_above_the_size_limit_is_413(browse: Browse, path: str) -> None:
    alice = browse("alice")
    fits = b'{"receiver": "alice", "content": "x", "groupName": "x", "username": "alice", "more": "%s"}'
    assert alice.post(path, data=fits % (b"x" * 999_000), content_type="application/json").status_code == 200
    answer = alice.post(path, data=fits % (b"x" * 1_000_000), content_type="application/json")
    refusal(answer, 413, "too_large")


@pytest.mark.parametrize("path", ["/messages", "/group"])
@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b'{"a": 1,}', b"{'a': 1}", b"[" * 9]
)
def test_a_body_that_is_not_a_json_object_is_400(browse: Browse, path: str, raw: bytes) -> None:
    refusal(browse("alice").post(path, data=raw, content_type="application/json"), 400, "malformed")


@pytest.mark.parametrize("path", ["/messages", "/group"])
def test_a_body_of_another_content_type_is_400(browse: Browse, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        answer = browse("alice").post(path, data=b'{"groupName": "x"}', content_type=kind)
        refusal(answer, 400, "malformed")


def test_huge_numbers_and_deep_nesting_are_refused(browse: Browse) -> None:
    for value in ("1e999", "-" + "9" * 400, "[" * 2000 + "]" * 2000, '{"a":' * 2000 + "1" + "}" * 2000):
        raw = f'{{"receiver": "bob", "content": {value}}}'
        answer = browse("alice").post("/messages", data=raw, content_type="application/json")
        assert answer.status_code in (400, 422), answer.text
        assert answer.get_json()["error"]["code"] in ("malformed", "invalid_input")


def test_a_refusal_does_not_repeat_the_invalid_input(browse: Browse) -> None:
    answer = browse("alice").post("/messages", json={"receiver": "bob", "content": ["<script>secret"]})
    refusal(answer, 422, "invalid_input")
    assert "secret" not in answer.text


def test_a_server_error_is_500_and_reveals_no_internals(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    client = app.test_client()
    token = client.post("/login", json={"username": "alice"}).headers["auth-token"]
    path = "/messages/alice/alice"
    assert client.get(path).status_code == 200
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE membership RENAME TO mislaid"))
        connection.execute(text("ALTER TABLE conversation RENAME TO lost"))
    for answer in (
        client.get(path),
        client.get("/conversations"),
        client.post("/messages", json={"receiver": "bob", "content": "x"}, headers={"auth-token": token}),
        client.post("/group", json={"groupName": "x"}, headers={"auth-token": token}),
    ):
        assert answer.status_code in (500, 503), answer.text
        error = refusal(answer, answer.status_code, answer.get_json()["error"]["code"])
        assert error["code"] in ("internal_error", "unavailable")
        assert error["details"] == {}
        shown = answer.text.lower()
        assert not any(
            word in shown for word in ("conversation", "membership", "select", "sql", "psycopg", "traceback")
        )
    # 500 and not 503: the earlier failures left no lock behind.
    assert answer.status_code == 500
    assert client.get("/loggedIn").status_code == 200


@pytest.mark.parametrize("path", ["/", "/users", "/nowhere", "/loggedIn", "/healthz", "/openapi.json", "/docs"])
def test_every_answer_has_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] in ("'none'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_hsts_is_sent_over_tls(app: Flask) -> None:
    assert "Strict-Transport-Security" in app.test_client().get("/users", base_url="https://localhost").headers


def test_personal_responses_are_not_cached(browse: Browse) -> None:
    alice = browse("alice")
    for path in ("/loggedIn", "/users", "/all/alice", "/conversations", "/messages/alice/bob", "/nowhere"):
        assert alice.get(path).headers["Cache-Control"] == "no-store"
