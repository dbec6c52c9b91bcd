"""CSRF: another site cannot make a signed-in browser change anything."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
ALLOWED = "http://localhost:4200"
FOREIGN = [
    *("null", "https://evil.example", "http://localhost.evil.example", "http://localhost:4200.evil.example", "", "*"),
    *("http://evil.example/http://localhost:4200", "https://localhost:4200", "http://localhost:", "localhost:4200"),
    *("http://localhost:4200/", "http://localhost:x", "http://user@localhost:4200", "http://127.0.0.2:80", "file://"),
]


@pytest.fixture
def alice(app: Flask) -> FlaskClient:
    """A client signed in by the cookie, which does not send the CSRF header by itself."""
    client = FlaskClient(app, app.response_class)
    assert client.post("/login", json={"username": "alice"}).status_code == 200
    return client


def send(client: FlaskClient, path: str = "/messages", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, json={"receiver": "alice", "content": "x", "groupName": "x"}, headers=named)


def csrf_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("XSRF-TOKEN")
    assert cookie is not None
    return cookie.value


def test_a_request_with_the_csrf_header_is_accepted(alice: FlaskClient) -> None:
    assert send(alice, X_XSRF_TOKEN=csrf_of(alice)).status_code == 200
    assert send(alice, X_XSRF_TOKEN=csrf_of(alice), Origin=ALLOWED).status_code == 200


@pytest.mark.parametrize("origin", [one for one in FOREIGN if one])
def test_a_foreign_origin_is_403_even_with_the_csrf_token(alice: FlaskClient, origin: str) -> None:
    """Cookies ignore ports, so a page of another service on the same host can read the token."""
    for path in ("/messages", "/group", "/web/messages"):
        refusal(send(alice, path, X_XSRF_TOKEN=csrf_of(alice), Origin=origin), 403, "csrf")
    assert send(alice, X_XSRF_TOKEN=csrf_of(alice)).status_code == 200


def test_every_route_that_changes_something_refuses_a_foreign_origin(app: Flask, alice: FlaskClient) -> None:
    changing = [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(changing) > 50
    headers = {"X-XSRF-TOKEN": csrf_of(alice), "Origin": "https://evil.example"}
    for path, method in changing:
        refusal(alice.open(path, method=method, json={}, headers=headers), 403, "csrf")


def test_a_page_of_another_site_cannot_sign_in_somebody_else(alice: FlaskClient) -> None:
    body = {"username": "mallory"}
    refusal(alice.post("/login", json=body, headers={"Origin": "https://evil.example"}), 403, "csrf")
    assert alice.get("/loggedIn").get_json()["username"] == "alice"
    for headers in ({"Origin": ALLOWED}, {}):
        assert alice.post("/login", json={"username": "alice"}, headers=headers).status_code == 200


def test_a_native_client_with_a_token_in_a_header_may_have_any_origin_and_cookies(alice: FlaskClient) -> None:
    token = alice.post("/login", json={"username": "alice"}).headers["auth-token"]
    assert alice.get_cookie("chatToken") is not None
    for headers in ({"auth_token": token}, {"Authorization": f"Bearer {token}"}):
        assert send(alice, Origin="app://desktop", **headers).status_code == 200


@pytest.mark.parametrize("origin", [ALLOWED, "http://localhost", "http://127.0.0.1:65535", "http://127.0.0.1"])
def test_a_request_from_an_allowed_origin_is_accepted(alice: FlaskClient, origin: str) -> None:
    assert send(alice, Origin=origin).status_code == 200


def test_a_request_from_the_same_origin_is_accepted(app: Flask) -> None:
    client, site = app.test_client(), "http://chat.example.org"
    assert client.post("/login", json={"username": "alice"}, base_url=site).status_code == 200

    def from_page(origin: str) -> TestResponse:
        body = {"receiver": "alice", "content": "x"}
        return client.post("/messages", json=body, base_url=site, headers={"Origin": origin})

    assert from_page(site).status_code == 200
    for other in ("https://chat.example.org", "http://chat.example.org:81", "http://other.example.org"):
        refusal(from_page(other), 403, "csrf")


def test_a_request_without_csrf_header_and_origin_is_403(alice: FlaskClient) -> None:
    for path in ("/messages", "/group", "/logout", "/web/messages", "/web/logout"):
        refusal(send(alice, path), 403, "csrf")
    assert alice.get("/loggedIn").status_code == 200


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_403(alice: FlaskClient, origin: str) -> None:
    refusal(send(alice, Origin=origin), 403, "csrf")


@pytest.mark.parametrize("echoed", ["", "x", "null", "undefined", "é", "00000000-0000-4000-8000-000000000000"])
def test_a_wrong_csrf_header_is_403(alice: FlaskClient, echoed: str) -> None:
    refusal(send(alice, X_XSRF_TOKEN=echoed), 403, "csrf")


def test_the_csrf_token_of_another_session_is_403(alice: FlaskClient, browse: Browse) -> None:
    refusal(send(alice, X_XSRF_TOKEN=csrf_of(browse("alice"))), 403, "csrf")


def test_a_csrf_cookie_planted_by_another_site_is_403(alice: FlaskClient) -> None:
    alice.set_cookie("XSRF-TOKEN", "planted")
    refusal(send(alice, X_XSRF_TOKEN="planted"), 403, "csrf")


def test_a_request_authenticated_by_a_header_needs_no_csrf_header_or_origin(app: Flask, alice: FlaskClient) -> None:
    cookie = alice.get_cookie("chatToken")
    assert cookie is not None
    for headers in ({"auth-token": cookie.value}, {"Authorization": f"Bearer {cookie.value}"}):
        assert send(app.test_client(), **headers).status_code == 200
        assert send(app.test_client(), Origin="https://evil.example", **headers).status_code == 200


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Digest username=x", "x", "Bearer", "Bearer a, Bearer b"])
def test_an_invalid_authorization_header_does_not_bypass_the_csrf_check(alice: FlaskClient, value: str) -> None:
    answer = send(alice, Authorization=value)
    assert answer.status_code in (401, 403), answer.text
    if answer.status_code == 403:
        refusal(answer, 403, "csrf")


def test_reading_needs_no_csrf_header_or_origin(alice: FlaskClient) -> None:
    for path in ("/loggedIn", "/conversations", "/all/alice", "/messages/alice/bob"):
        assert alice.get(path, headers={"Origin": "https://evil.example"}).status_code == 200


def test_a_form_of_another_site_is_refused_at_sign_in(app: Flask) -> None:
    answer = app.test_client().post("/login", data={"username": "mallory"}, headers={"Origin": "https://evil.example"})
    refusal(answer, 400, "malformed")
