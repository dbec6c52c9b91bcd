"""What a browser does to sign in by a provider, step by step."""

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from chatapp.actions.accounts import NewUser, add_users
from tests.oidc.scripted_provider import ScriptedProvider

ADDRESS = "https://chat.example.org"
numbers = itertools.count(1)


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
    provider.claims = {"sub": f"somebody {next(numbers)}", "nonce": asked["nonce"], **claims}
    return come_back(client, name, state=asked["state"])


def who(client: FlaskClient) -> str | None:
    name: str | None = client.get("/loggedIn").get_json().get("username")
    return name


def add(app: Flask, email: str | None = None, password: str | None = None) -> str:
    name = f"person{next(numbers):04}"
    add_users(app.extensions["chatapp.journal"], [NewUser(name, name, "", password, email=email)])
    return name


def fresh_email() -> str:
    return f"person{next(numbers)}@example.org"
