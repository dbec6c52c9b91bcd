"""Sign-in by a provider: who gets which account, and what is refused of a provider or of a browser."""

import base64
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from chatapp import close_app, create_app
from chatapp.actions import invites
from chatapp.actions.accounts import NewUser, add_users, deactivate
from chatapp.api import oidc_cookie
from chatapp.extensions import db
from chatapp.models import User
from chatapp.oidc import limits
from chatapp.signing_keys import rotate
from tests.api.error_bodies import cookies, refusal
from tests.conftest import CAST
from tests.databases import Databases
from tests.oidc.scripted_provider import CLIENT_ID, CLIENT_SECRET, ScriptedProvider

PROVIDERS = {
    "open": 'join = "yes"',
    "closed": 'join = "no"',
    "configured": "",
    "unlinked": 'join = "yes"\nlink = false',
    "staff": 'join = "yes"\nroles = { admins = "administrator", staff = "moderator" }',
    "ours": 'join = "yes"\ndomains = ["Example.org"]',
}
ADDRESS = "https://chat.example.org"
_numbers = itertools.count(1)

Finish = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    made = ScriptedProvider()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_app(
    provider: ScriptedProvider, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    tables = [
        f'[{name}]\nlabel = "{name}"\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT_ID}"\n'
        f'client_secret = "{CLIENT_SECRET}"\n{more}\n'
        for name, more in PROVIDERS.items()
    ]
    (folder / "oidc.toml").write_text(f'address = "{ADDRESS}"\n' + "\n".join(tables))
    url = databases.new(*CAST)
    made = create_app({"instance": folder, "database_url": url, "sign_in": "password", "async_mode": "threading"})
    made.testing = True
    yield made
    close_app(made)


@pytest.fixture
def app(shared_app: Flask, provider: ScriptedProvider) -> Flask:
    """With everything that the providers have cached, and all failures, forgotten."""
    provider.reset()
    provider.published = [provider.key]
    for one in shared_app.extensions["chatapp.oidc"].values():
        one._metadata, one._keys = {}, None
    shared_app.extensions["chatapp.sign_in_delays"]._memory.reset()
    return shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def begin(client: FlaskClient, name: str = "open", invite: str | None = None, **options: Any) -> dict[str, str]:
    """Begins a sign-in and returns what the browser takes to the provider."""
    answer = client.post(f"/oidc/{name}/start", json={"invite": invite} if invite else {}, **options)
    assert answer.status_code == 200, answer.text
    query = parse_qs(urlsplit(answer.get_json()["location"]).query)
    return {key: value[0] for key, value in query.items()}


def come_back(client: FlaskClient, name: str = "open", **query: Any) -> str:
    """The fragment of the page that the browser is sent to."""
    answer = client.get(f"/oidc/{name}/callback", query_string={"code": "a code", **query})
    assert answer.status_code == 303, answer.text
    place: str = answer.headers["Location"]
    assert place.startswith("/#/"), "no other site is ever redirected to"
    return place.removeprefix("/#/")


def sign_in(client: FlaskClient, provider: ScriptedProvider, name: str = "open", **claims: Any) -> str:
    """The whole way, with an ID token of these claims beside those that it has to have; None leaves one out."""
    invite = claims.pop("invite", None)
    asked = begin(client, name, invite)
    provider.claims = {"sub": f"somebody {next(_numbers)}", "nonce": asked["nonce"], **claims}
    return come_back(client, name, state=asked["state"])


def who(client: FlaskClient) -> str | None:
    name: str | None = client.get("/loggedIn").get_json().get("username")
    return name


def add(app: Flask, email: str | None = None, password: str | None = None) -> str:
    name = f"person{next(_numbers):04}"
    add_users(app.extensions["chatapp.journal"], [NewUser(name, name, "", password, email=email)])
    return name


def fresh_email() -> str:
    return f"person{next(_numbers)}@example.org"


# Who gets which account


def test_the_first_sign_in_makes_an_account_and_the_second_finds_it(app: Flask, provider: ScriptedProvider) -> None:
    names = {"preferred_username": f"Erin{next(_numbers)}", "given_name": "Erin", "family_name": "Ebert"}
    first, second = app.test_client(), app.test_client()
    assert sign_in(first, provider, sub="erin", **names) == "signed-in"
    assert who(first) == names["preferred_username"]
    assert sign_in(second, provider, sub="erin", preferred_username="another", email="erin@example.org") == "signed-in"
    assert who(second) == who(first)
    users = {user["username"]: user for user in first.get("/users").get_json()["users"]}
    assert (users[who(first)]["firstName"], users[who(first)]["lastName"]) == ("Erin", "Ebert")


def test_the_same_subject_at_another_issuer_is_somebody_else(app: Flask, provider: ScriptedProvider) -> None:
    first, second = app.test_client(), app.test_client()
    assert sign_in(first, provider, sub="frank") == "signed-in"
    found = app.extensions["chatapp.oidc"]["open"]
    assert sign_in(second, provider, sub="frank") == "signed-in"
    assert who(second) == who(first)
    other = ScriptedProvider()
    try:
        found.settings, kept = found.settings.model_copy(update={"issuer": other.issuer}), found.settings
        found._metadata, found._keys = {}, None
        assert sign_in(second, other, sub="frank") == "signed-in"
        assert who(second) != who(first)
    finally:
        found.settings = kept
        other.close()


@pytest.mark.parametrize("password", [None, "a long enough phrase"])
def test_an_account_is_found_by_a_verified_address(
    app: Flask, client: FlaskClient, provider: ScriptedProvider, password: str | None
) -> None:
    email = fresh_email()
    name = add(app, email, password)
    assert (
        sign_in(client, provider, "closed", sub=f"at {email}", email=email.upper(), email_verified=True) == "signed-in"
    )
    assert who(client) == name
    later = app.test_client()
    assert sign_in(later, provider, "closed", sub=f"at {email}", email="moved@example.org") == "signed-in"
    assert who(later) == name


@pytest.mark.parametrize("verified", [False, None, "false", 1, [True], {}])
def test_an_unverified_address_links_nothing(
    app: Flask, client: FlaskClient, provider: ScriptedProvider, verified: Any
) -> None:
    email = fresh_email()
    name = add(app, email)
    told = sign_in(client, provider, "closed", email=email, email_verified=verified)
    assert told == "sign-in-failed/joining_closed"
    assert sign_in(client, provider, "open", email=email, email_verified=verified) == "signed-in"
    assert who(client) != name


def test_the_verification_of_one_address_does_not_count_for_another(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    email = fresh_email()
    add(app, email)
    provider.userinfo = {"email": "mallory@example.org", "email_verified": True}
    assert sign_in(client, provider, "closed", email=email) == "sign-in-failed/joining_closed"


def test_letters_that_only_look_like_others_in_lower_case_link_nothing(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    number = next(_numbers)
    add(app, f"kim{number}@example.org")
    kelvin = f"\u212aim{number}@example.org"
    assert sign_in(client, provider, "closed", email=kelvin, email_verified=True) == "sign-in-failed/joining_closed"


def test_a_provider_that_may_not_link_makes_an_account_without_the_address(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    email = fresh_email()
    name = add(app, email)
    assert sign_in(client, provider, "unlinked", email=email, email_verified=True) == "signed-in"
    assert who(client) != name


def test_only_the_domains_of_a_provider_join(client: FlaskClient, provider: ScriptedProvider) -> None:
    for email, verified in (("a@elsewhere.test", True), (fresh_email(), False), ("a@example.org.test", True)):
        told = sign_in(client, provider, "ours", email=email, email_verified=verified)
        assert told == "sign-in-failed/joining_closed"
    assert sign_in(client, provider, "ours", email=fresh_email(), email_verified=True) == "signed-in"


def test_a_deactivated_account_stays_out(app: Flask, client: FlaskClient, provider: ScriptedProvider) -> None:
    email = fresh_email()
    linked, unlinked = {"sub": f"gone {email}"}, {"email": email, "email_verified": True}
    assert sign_in(client, provider, **linked) == "signed-in"
    deactivate(app.extensions["chatapp.journal"], str(who(client)))
    deactivate(app.extensions["chatapp.journal"], add(app, email))
    for claims in (linked, unlinked):
        later = app.test_client()
        assert sign_in(later, provider, **claims) == "sign-in-failed/account_deactivated"
        assert who(later) is None


def test_a_closed_provider_makes_no_account(client: FlaskClient, provider: ScriptedProvider) -> None:
    assert sign_in(client, provider, "closed") == "sign-in-failed/joining_closed"
    assert who(client) is None


def test_where_people_join_by_invitation_one_is_needed_and_used_up(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    with app.app_context():
        invite = invites.add_invite(app.extensions["chatapp.journal"], 1, timedelta(days=1)).secret
    assert sign_in(client, provider, "configured") == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", invite="another") == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", invite=invite, sub="invited") == "signed-in"
    assert sign_in(client, provider, "configured", invite=invite) == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", sub="invited") == "signed-in"


@pytest.mark.parametrize(
    ("claims", "username"),
    [
        ({"preferred_username": "gina.%d"}, "gina.%d"),
        ({"preferred_username": "gina%d@example.org"}, "gina%d"),
        ({"email": "Hal%d@example.org", "email_verified": True}, "hal%d"),
        ({"preferred_username": "  <Ida %d>/x "}, "Ida-%d-x"),
        ({"preferred_username": "Jürgen%d"}, "Jürgen%d"),
        ({"preferred_username": "x" * 80 + "%d"}, "x" * 64),
        ({"preferred_username": 7, "nickname": "kim%d"}, "kim%d"),
    ],
)
def test_a_username_is_made_fit(
    client: FlaskClient, provider: ScriptedProvider, claims: dict[str, Any], username: str
) -> None:
    number = next(_numbers)
    filled = {key: value % number if "%d" in str(value) else value for key, value in claims.items()}
    assert sign_in(client, provider, **filled) == "signed-in"
    assert who(client) == (username % number if "%d" in username else username)


def test_claims_that_cannot_be_stored_are_left_out(client: FlaskClient, provider: ScriptedProvider) -> None:
    bad = "\ud800\0\u3164"
    provider.userinfo = {"email": bad + "@x", "email_verified": True, "given_name": bad, "family_name": bad}
    provider.userinfo |= {"preferred_username": bad, "nickname": "../..", "groups": [bad, 7, None]}
    assert sign_in(client, provider) == "signed-in"
    assert str(who(client)).startswith("user")


def test_a_taken_username_gets_a_number(app: Flask, provider: ScriptedProvider) -> None:
    found = []
    for name in ("mia", "Mia", "MIA"):
        client = app.test_client()
        assert sign_in(client, provider, preferred_username=name) == "signed-in"
        found.append(who(client))
    assert found == ["mia", "Mia2", "MIA3"]
    client = app.test_client()
    assert sign_in(client, provider, preferred_username="alice") == "signed-in"
    assert who(client) == "alice2"


def role_of(app: Flask, client: FlaskClient) -> str | None:
    with app.app_context():
        role: str | None = db.session.scalar(select(User.role).where(User.username == who(client)))
        db.session.remove()
        return role


def test_the_groups_give_the_role_anew_at_each_sign_in(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    assert sign_in(client, provider, "staff", sub="head", groups=["admins"]) == "signed-in"
    for groups, role in ((["admins", "staff"], "administrator"), (["staff"], "moderator"), (None, "member")):
        assert sign_in(client, provider, "staff", sub="neil", groups=groups) == "signed-in"
        assert role_of(app, client) == role
    assert sign_in(client, provider, "staff", sub="neil", groups=["staff"]) == "signed-in"
    assert sign_in(client, provider, "open", sub="neil", groups=["admins"]) == "signed-in"
    assert role_of(app, client) == "moderator", "the other provider gives no roles"


def test_the_last_administrator_stays_one(app: Flask, client: FlaskClient, provider: ScriptedProvider) -> None:
    journal = app.extensions["chatapp.journal"]
    assert sign_in(client, provider, "staff", sub="olga", groups=["admins"]) == "signed-in"
    with app.app_context():
        others = select(User.username).where(User.role == "administrator", User.is_active)
        names = [name for name in db.session.scalars(others) if name != who(client)]
        db.session.remove()
    for name in names:
        deactivate(journal, name)
    assert sign_in(client, provider, "staff", sub="olga", groups=[]) == "signed-in"
    assert role_of(app, client) == "administrator"
    assert sign_in(app.test_client(), provider, "staff", sub="pete", groups=["admins"]) == "signed-in"
    assert sign_in(client, provider, "staff", sub="olga", groups=[]) == "signed-in"
    assert role_of(app, client) == "member"


# What the browser has to bring


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


# What the provider has to answer


def test_who_goes_back_is_told_so(client: FlaskClient, provider: ScriptedProvider) -> None:
    asked = begin(client)
    answer = client.get("/oidc/open/callback", query_string={"error": "access_denied", "state": asked["state"]})
    assert answer.headers["Location"] == "/#/sign-in-failed/sign_in_denied"
    assert provider.count("/token") == 0


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another client"},
    "audiences without ours": {"aud": ["another client"], "azp": CLIENT_ID},
    "no audience": {"aud": None},
    "issued to another": {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
    "several audiences and no party": {"aud": [CLIENT_ID, "another client"]},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "expired": {"exp": 1},
    "no expiry": {"exp": None},
    "not yet issued": {"iat": 2**33},
    "not yet valid": {"nbf": 2**33},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a long subject": {"sub": "x" * 256},
    "a token of another access token": {"at_hash": "x"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_with_wrong_claims_is_refused(
    client: FlaskClient, provider: ScriptedProvider, claims: dict[str, Any]
) -> None:
    assert sign_in(client, provider, **claims) == "sign-in-failed/sign_in_refused"
    assert who(client) is None
    assert sign_in(client, provider) == "signed-in"


def encoded(part: dict[str, Any] | bytes) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(
    client: FlaskClient, provider: ScriptedProvider, algorithm: str
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": ["none"]}
    provider.sign = lambda claims: f"{encoded({'alg': algorithm, 'kid': 'first'})}.{encoded(claims)}."
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


@pytest.mark.parametrize("secret", ["of the client", "the public key"])
def test_a_token_that_a_secret_signed_is_refused(client: FlaskClient, provider: ScriptedProvider, secret: str) -> None:
    key = CLIENT_SECRET.encode() if secret == "of the client" else provider.key.as_pem(private=False)

    def sign(claims: dict[str, Any]) -> str:
        signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(claims)}"
        return f"{signed}.{encoded(hmac.digest(key, signed.encode(), 'sha256'))}"

    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256"]}
    provider.sign = sign
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_a_secret_among_the_published_keys_signs_nothing(client: FlaskClient, provider: ScriptedProvider) -> None:
    secret = OctKey.generate_key(256, {"kid": "published"})
    keys = {"keys": [secret.as_dict(private=True), provider.key.as_dict(private=False)]}
    provider.answers["/jwks"] = lambda: (200, json.dumps(keys).encode())
    provider.sign = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "published"}, claims, secret, algorithms=["HS256"]
    )
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_a_token_that_another_key_signed_is_refused(client: FlaskClient, provider: ScriptedProvider) -> None:
    forged = RSAKey.generate_key(2048, {"kid": "first"})
    provider.sign = lambda claims: provider.signed(claims, forged)
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    # A key that comes with the token proves nothing.
    provider.sign = lambda claims: provider.signed(claims, forged, kid="x", jwk=forged.as_dict(private=False))
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", "\u00e9.x.y", None, 7, {}, ["x"]])
def test_a_token_that_is_none_is_refused(client: FlaskClient, provider: ScriptedProvider, token: Any) -> None:
    provider.sign = lambda _claims: token
    assert sign_in(client, provider) in ("sign-in-failed/sign_in_refused", "sign-in-failed/provider_unavailable")
    assert who(client) is None


def test_a_new_key_of_the_provider_is_fetched_and_an_unknown_one_only_now_and_then(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    assert sign_in(client, provider) == "signed-in"
    assert provider.count("/jwks") == 1
    new = RSAKey.generate_key(2048, {"kid": "second"})
    provider.published = [provider.key, new]
    provider.sign = lambda claims: provider.signed(claims, new)
    app.extensions["chatapp.oidc"]["open"]._keys_at -= 31
    assert sign_in(client, provider) == "signed-in"
    assert provider.count("/jwks") == 2
    unknown = RSAKey.generate_key(2048, {"kid": "third"})
    provider.sign = lambda claims: provider.signed(claims, unknown)
    for _ in range(3):
        assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    assert provider.count("/jwks") == 2


@pytest.mark.parametrize(("issuer", "told"), [("own", "signed-in"), ("http://evil.example", ""), ("", ""), (None, "")])
def test_an_answer_of_another_provider_is_refused_before_the_code_is_sent(
    client: FlaskClient, provider: ScriptedProvider, issuer: str | None, told: str
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    asked = begin(client)
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    query = {} if issuer is None else {"iss": provider.issuer if issuer == "own" else issuer}
    assert come_back(client, state=asked["state"], **query) == (told or "sign-in-failed/sign_in_refused")
    assert provider.count("/token") == (1 if told else 0)


def test_the_userinfo_of_somebody_else_is_refused(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.userinfo = {"sub": "somebody else"}
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_metadata_of_another_issuer_is_not_used(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.metadata = {"issuer": "https://another.example"}
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")
    provider.metadata = {"token_endpoint": "ftp://another.example/token"}
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")


BROKEN: dict[str, Callable[[], tuple[int, bytes]]] = {
    "an error": lambda: (500, b"{}"),
    "a page": lambda: (200, b"<html>"),
    "a list": lambda: (200, b"[]"),
    "nothing": lambda: (200, b""),
    "deep JSON": lambda: (200, b"[" * 100_000),
    "too much": lambda: (200, b'{"a": "' + b"x" * limits.BODY_BYTES + b'"}'),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_broken_provider_is_told_of_and_works_again_later(
    client: FlaskClient, provider: ScriptedProvider, path: str, answer: Callable[[], tuple[int, bytes]]
) -> None:
    provider.answers[path] = answer
    if path == "/.well-known/openid-configuration":
        refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")
    else:
        assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    provider.answers.clear()
    assert sign_in(client, provider) == "signed-in"


def test_a_code_is_not_sent_on_to_where_the_provider_redirects(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.answers["/token"] = lambda: (307, f"{provider.issuer}/moved".encode())
    provider.answers["/moved"] = lambda: (200, b"{}")
    assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    assert provider.count("/moved") == 0


def test_a_provider_that_is_down_is_told_of(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = app.extensions["chatapp.oidc"]["open"]
    monkeypatch.setattr(found, "settings", found.settings.model_copy(update={"issuer": "http://127.0.0.1:1"}))
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")


def test_a_slow_provider_is_waited_for_only_so_long(
    client: FlaskClient, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALL_SECONDS", 0.2)

    def late() -> tuple[int, bytes]:
        time.sleep(0.5)
        return 200, b"{}"

    provider.answers["/token"] = late
    at = time.monotonic()
    assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    assert time.monotonic() - at < 0.5


def test_failed_sign_ins_make_the_next_one_wait(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.answers["/token"] = lambda: (400, b'{"error": "invalid_grant"}')
    for _ in range(11):
        assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    asked = provider.count("/token")
    assert sign_in(client, provider) == "sign-in-failed/too_many_attempts"
    assert provider.count("/token") == asked


def test_a_client_that_is_not_set_up_is_no_failure_of_the_person(
    client: FlaskClient, provider: ScriptedProvider
) -> None:
    provider.answers["/token"] = lambda: (401, b'{"error": "invalid_client"}')
    for _ in range(12):
        assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
