"""CORS: configured origins get CORS headers, and other origins get none."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.test_csrf import FOREIGN

ALLOWED = "http://localhost:4200"
MakeApp = Callable[..., Flask]


def cors_headers(answer: TestResponse) -> set[str]:
    return {name for name in answer.headers.keys() if name.startswith("Access-Control-")}  # noqa: SIM118 a werkzeug type


@pytest.mark.parametrize("origin", [ALLOWED, "http://localhost", "http://127.0.0.1:1"])
def test_an_allowed_origin_gets_cors_headers_with_credentials(app: Flask, origin: str) -> None:
    answer = app.test_client().get("/users", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "auth-token" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in ", ".join(answer.headers.getlist("Vary"))


def test_a_failure_has_cors_headers(app: Flask) -> None:
    for path, status in (("/loggedIn", 401), ("/nowhere", 404), ("/logout", 405)):
        answer = app.test_client().get(path, headers={"Origin": ALLOWED})
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED


@pytest.mark.parametrize("origin", [one for one in FOREIGN if one])
def test_another_origin_gets_no_cors_headers(app: Flask, origin: str) -> None:
    for answer in (
        app.test_client().get("/users", headers={"Origin": origin}),
        app.test_client().options("/messages", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert cors_headers(answer) == set()


def test_a_request_without_an_origin_gets_no_cors_headers(app: Flask) -> None:
    assert cors_headers(app.test_client().get("/users")) == set()


@pytest.mark.parametrize("path", ["/login", "/web/messages", "/group", "/all/alice", "/messages/alice/bob", "/logout"])
def test_a_preflight_is_answered_without_a_session(app: Flask, path: str) -> None:
    asked = {
        "Origin": ALLOWED,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-xsrf-token, auth-token, authorization",
    }
    answer = app.test_client().options(path, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert {"GET", "POST"} <= {one.strip() for one in answer.headers["Access-Control-Allow-Methods"].split(",")}
    allowed = {one.strip().lower() for one in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert allowed == {"content-type", "x-xsrf-token", "auth-token", "authorization"}


def test_configured_origins_replace_the_defaults(make_app: MakeApp) -> None:
    client = make_app(origins="https://chat.example.org").test_client()
    read = client.get("/users", headers={"Origin": "https://chat.example.org"})
    assert read.headers["Access-Control-Allow-Origin"] == "https://chat.example.org"
    for other in (ALLOWED, "http://chat.example.org", "https://chat.example.org:8443", "https://chatxexample.org"):
        assert cors_headers(client.get("/users", headers={"Origin": other})) == set()


def test_a_star_allows_any_port_of_the_host(make_app: MakeApp) -> None:
    client = make_app(origins="https://chat.example.org:*,http://[::1]:*").test_client()
    for origin in ("https://chat.example.org", "https://chat.example.org:8443", "http://[::1]:4200"):
        assert "Access-Control-Allow-Origin" in client.get("/users", headers={"Origin": origin}).headers
    for other in ("https://chat.example.org:", "https://chat.example.org:x", "https://a.chat.example.org"):
        assert cors_headers(client.get("/users", headers={"Origin": other})) == set()


def test_origins_are_configured_without_regard_to_case(make_app: MakeApp) -> None:
    client = make_app(origins="https://Chat.Example.org").test_client()
    origin = {"Origin": "https://chat.example.org"}
    assert "Access-Control-Allow-Origin" in client.get("/users", headers=origin).headers
    client.post("/login", json={"username": "alice"})
    answer = client.post("/messages", json={"receiver": "bob", "content": "x"}, headers=origin)
    assert answer.status_code == 200


def test_no_origin_is_allowed_by_default_in_password_mode(password_app: Flask) -> None:
    for origin in (ALLOWED, "http://127.0.0.1:4200", "null", "https://chat.example.org"):
        answer = password_app.test_client().options(
            "/login", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        assert cors_headers(answer) == set()
        assert cors_headers(password_app.test_client().get("/healthz", headers={"Origin": origin})) == set()


def test_no_origin_is_allowed_by_default_on_a_public_address(make_app: MakeApp) -> None:
    client = make_app(host="0.0.0.0", trust_network=1).test_client()
    assert cors_headers(client.get("/users", headers={"Origin": ALLOWED})) == set()
