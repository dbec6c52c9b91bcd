"""The cookies of a session: their names and attributes without and with TLS, and which of them counts."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.error_bodies import cookies

SITE = "https://chat.example.org"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5", "X-Forwarded-Host": "chat.example.org"}

Cookies = dict[str, dict[str, str]]


def sign_in(app: Flask, username: str = "alice", site: str = "http://localhost") -> TestResponse:
    answer = app.test_client().post("/login", json={"username": username}, base_url=site)
    assert answer.status_code == 200, answer.text
    return answer


def own(app: Flask, name: str, prefix: str = "") -> str:
    return f"{prefix}{name}-{app.extensions['chatapp.installation']}"


def who(app: Flask, site: str = SITE, **values: str) -> str | None:
    """Who is signed in by a header with exactly these cookies."""
    header = "; ".join(f"{name}={value}" for name, value in values.items())
    answer = FlaskClient(app, app.response_class, use_cookies=False).get(
        "/loggedIn", headers={"Cookie": header}, base_url=site
    )
    assert answer.status_code in (200, 401)
    found: str | None = answer.get_json().get("username")
    return found


def test_without_tls_no_cookie_is_secure_or_bound_to_the_host_by_its_name(app: Flask) -> None:
    found = cookies(sign_in(app))
    assert set(found) == {"chatToken", "XSRF-TOKEN", own(app, "chatToken"), own(app, "XSRF-TOKEN")}
    assert not any("secure" in cookie for cookie in found.values())


def test_by_tls_every_cookie_is_secure_and_the_own_ones_are_bound_to_the_host(app: Flask) -> None:
    found = cookies(sign_in(app, site=SITE))
    names = [own(app, name, "__Host-") for name in ("chatToken", "XSRF-TOKEN")]
    assert set(found) == {"chatToken", "XSRF-TOKEN", *names}
    for name, cookie in found.items():
        assert "secure" in cookie, name
        assert (cookie["path"], cookie["samesite"]) == ("/", "Lax"), name
        # A cookie with the prefix and a Domain is refused by browsers.
        assert "domain" not in cookie, name
        assert ("httponly" in cookie) is ("chatToken" in name), name
    assert found["chatToken"]["value"] == found[names[0]]["value"]
    assert found["XSRF-TOKEN"]["value"] == found[names[1]]["value"]


def test_behind_a_trusted_proxy_with_tls_the_cookies_are_the_same_as_by_tls(make_app: Callable[..., Flask]) -> None:
    app = make_app(proxies=1, trust_network=1)
    answer = app.test_client().post("/login", json={"username": "alice"}, headers=FORWARDED)
    assert own(app, "chatToken", "__Host-") in cookies(answer)
    assert all("secure" in cookie for cookie in cookies(answer).values())


@pytest.mark.parametrize("prefix", ["__Host-", ""])
def test_the_own_cookie_signs_in_with_and_without_the_prefix(app: Flask, prefix: str) -> None:
    token = sign_in(app).headers["auth-token"]
    assert who(app, **{own(app, "chatToken", prefix): token}) == "alice"
    assert who(app, **{f"{prefix}chatToken-of-another-one": token}) is None


def test_the_plain_name_of_the_existing_client_signs_in_by_tls(app: Flask) -> None:
    assert who(app, chatToken=sign_in(app, site=SITE).headers["auth-token"]) == "alice"


def test_the_cookie_that_is_bound_to_the_host_counts_before_those_that_others_can_set(app: Flask) -> None:
    alice, mallory = (sign_in(app, name).headers["auth-token"] for name in ("alice", "mallory"))
    planted = {"chatToken": mallory, own(app, "chatToken"): mallory}
    assert who(app, **planted) == "mallory"
    assert who(app, **planted, **{own(app, "chatToken", "__Host-"): alice}) == "alice"


@pytest.mark.parametrize("site", ["http://localhost", SITE])
def test_signing_out_clears_every_cookie_that_was_set(app: Flask, site: str) -> None:
    client = app.test_client()
    answer = client.post("/login", json={"username": "alice"}, base_url=site)
    csrf = cookies(answer)["XSRF-TOKEN"]["value"]
    gone = cookies(client.post("/logout", headers={"X-XSRF-TOKEN": csrf}, base_url=site))
    assert set(gone) >= set(cookies(answer)) | {own(app, "chatToken")}
    for name, cookie in gone.items():
        assert cookie["value"] == "", name
        # Browsers ignore the deletion of a cookie with the prefix that lacks one of these.
        assert ("secure" in cookie) is (site == SITE), name
        assert cookie["path"] == "/", name
    assert client.get("/loggedIn", base_url=site).status_code == 401


def test_double_submit_works_by_tls_for_the_existing_client_and_for_ours(app: Flask) -> None:
    client = app.test_client()
    found = cookies(client.post("/login", json={"username": "alice"}, base_url=SITE))
    body = {"receiver": "bob", "content": "x"}
    for name in ("XSRF-TOKEN", own(app, "XSRF-TOKEN", "__Host-")):
        headers = {"X-XSRF-TOKEN": found[name]["value"]}
        assert client.post("/messages", json=body, headers=headers, base_url=SITE).status_code == 200
    assert client.post("/messages", json=body, base_url=SITE).status_code == 403
