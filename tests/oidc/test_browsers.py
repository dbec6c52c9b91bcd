"""What a browser has to bring when it comes back from a provider."""

import time
from typing import Any

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from flask.testing import FlaskClient

from chatapp import close_app, create_app
from chatapp.api import oidc_cookie
from chatapp.signing_keys import rotate
from tests.api.error_bodies import cookies, refusal
from tests.databases import Databases
from tests.oidc.scripted_provider import ScriptedProvider
from tests.oidc.signing_in import ADDRESS, begin, come_back, who


def test_the_way_to_the_provider_has_state_nonce_and_pkce(client: FlaskClient, provider: ScriptedProvider) -> None:
    asked = begin(client)
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == ADDRESS + "/oidc/open/callback"
    assert asked["scope"] == "openid profile email"
    assert asked["code_challenge_method"] == "S256"
    other = begin(client)
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43
        assert asked[name] != other[name]
    provider.claims = {"sub": "x", "nonce": other["nonce"]}
    assert come_back(client, state=other["state"]) == "signed-in"
    sent = next(form for path, form in provider.requests if path == "/token")
    assert create_s256_code_challenge(sent["code_verifier"]) == other["code_challenge"]
    assert sent["redirect_uri"] == asked["redirect_uri"]


@pytest.mark.parametrize("host", ["evil.example", "chat.example.org.evil.example", "localhost:1"])
def test_a_forged_host_does_not_change_where_the_code_goes(client: FlaskClient, host: str) -> None:
    asked = begin(client, headers={"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "http"})
    assert asked["redirect_uri"] == ADDRESS + "/oidc/open/callback"


def test_a_sign_in_ends_in_the_browser_that_began_it(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    mallory = app.test_client()
    asked = begin(mallory)
    provider.claims = {"sub": "mallory", "nonce": asked["nonce"]}
    assert come_back(client, state=asked["state"]) == "sign-in-failed/sign_in_expired"
    begin(client)
    assert come_back(client, state=asked["state"]) == "sign-in-failed/sign_in_expired"
    assert who(client) is None
    assert provider.count("/token") == 0
    assert come_back(mallory, state=asked["state"]) == "signed-in"


@pytest.mark.parametrize("state", ["", "another", "\u00e9"])
def test_a_wrong_state_is_refused(client: FlaskClient, provider: ScriptedProvider, state: str) -> None:
    asked = begin(client)
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    assert come_back(client, state=state) == "sign-in-failed/sign_in_expired"
    assert provider.count("/token") == 0


def test_a_sign_in_ends_once(client: FlaskClient, provider: ScriptedProvider) -> None:
    asked = begin(client)
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    assert come_back(client, state=asked["state"]) == "signed-in"
    assert come_back(client, state=asked["state"]) == "sign-in-failed/sign_in_expired"


def test_a_sign_in_that_began_at_one_provider_does_not_end_at_another(
    client: FlaskClient, provider: ScriptedProvider
) -> None:
    asked = begin(client, "open")
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    assert come_back(client, "unlinked", state=asked["state"]) == "sign-in-failed/sign_in_expired"
    assert provider.count("/token") == 0


def test_a_sign_in_takes_ten_minutes_at_most(
    client: FlaskClient, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = begin(client)
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    at = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: at + oidc_cookie.LIFETIME_SECONDS + 5)
    assert come_back(client, state=asked["state"]) == "sign-in-failed/sign_in_expired"


def test_a_cookie_that_somebody_else_wrote_is_refused(client: FlaskClient, app: Flask) -> None:
    asked = begin(client)
    name = f"chatSignIn-{app.extensions['chatapp.installation']}"
    cookie = client.get_cookie(name)
    assert cookie is not None
    for value in (cookie.value[:-2] + "xx", "x", ""):
        client.set_cookie(name, value)
        assert come_back(client, state=asked["state"]) == "sign-in-failed/sign_in_expired"


def test_a_sign_in_survives_another_signing_key_unless_the_old_ones_are_withdrawn(
    app: Flask, client: FlaskClient, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.signing_keys.LOOK_EVERY_SECONDS", 0.0)
    settings, secret = app.extensions["chatapp.settings"], str(app.secret_key)
    for at_once, told in ((False, "signed-in"), (True, "sign-in-failed/sign_in_expired")):
        asked = begin(client)
        provider.claims = {"sub": "x", "nonce": asked["nonce"]}
        rotate(settings, secret, at_once=at_once)
        assert come_back(client, state=asked["state"]) == told


def test_the_cookie_comes_along_with_the_redirect_and_is_bound_to_the_host(client: FlaskClient) -> None:
    by_tls = cookies(client.post("/oidc/open/start", json={}, base_url=ADDRESS))
    ((name, cookie),) = by_tls.items()
    assert name.startswith("__Host-chatSignIn-")
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", "600")
    assert {"httponly", "secure"} <= set(cookie)
    assert "domain" not in cookie
    ((name, cookie),) = cookies(client.post("/oidc/open/start", json={})).items()
    assert name.startswith("chatSignIn-")
    assert "secure" not in cookie
    gone = cookies(client.get("/oidc/open/callback", base_url=ADDRESS))
    assert gone[next(iter(by_tls))]["value"] == ""


def test_a_page_of_another_site_begins_no_sign_in(client: FlaskClient) -> None:
    begin(client)
    refusal(client.post("/oidc/open/start", json={}, headers={"Origin": "https://evil.example"}), 403, "csrf")
    refusal(client.post("/oidc/open/start", data="invite=x"), 400, "malformed")
    assert client.get("/oidc/open/start").status_code == 405


def test_an_unknown_provider_does_not_exist(client: FlaskClient) -> None:
    refusal(client.post("/oidc/none/start", json={}), 404, "not_found")
    assert come_back(client, "none") == "sign-in-failed/not_found"


def test_there_is_no_provider_in_username_mode(shared_app: Flask, tmp_path: Any, sqlite_only: Databases) -> None:
    instance = shared_app.extensions["chatapp.settings"].instance
    settings = {"instance": instance, "database_url": sqlite_only.new(), "async_mode": "threading"}
    made = create_app({**settings, "sign_in": "username"})
    try:
        refusal(made.test_client().post("/oidc/open/start", json={}), 404, "not_found")
    finally:
        close_app(made)
