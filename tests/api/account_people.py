"""Accounts of password mode, each with a name that no other test has."""

import itertools
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import lines_after
from chatapp.models.user import MEMBER
from tests.api.authenticator import Authenticator
from tests.conftest import Browser

PASSWORD = "a long enough phrase"
_numbers = itertools.count(100)


def other_address() -> str:
    """An address that no attempt has come from, since attempts are counted."""
    number = next(_numbers)
    return f"127.1.{number // 250}.{number % 250}"


class Owner:
    """An account with a password, in a browser without a session."""

    def __init__(self, app: Flask, name: str = "erin", password: str | None = PASSWORD, role: str = MEMBER) -> None:
        app.test_client_class = Browser
        self.app = app
        self.name = f"{name}{next(_numbers)}"
        add_users(app.extensions["chatapp.journal"], [NewUser(self.name, name.title(), "", password, role)])
        self.browser = self.new_browser()

    def new_browser(self) -> Browser:
        client = self.app.test_client()
        assert isinstance(client, Browser)
        client.environ_base["REMOTE_ADDR"] = other_address()
        return client

    def log_in(self, password: str = PASSWORD, **more: Any) -> TestResponse:
        body = {"username": self.name, "password": password, **more}
        place = {"REMOTE_ADDR": other_address()}
        return self.browser.post("/login", json=body, environ_base=place)

    def signed_in(self) -> "Owner":
        assert self.log_in().status_code == 200
        return self

    def add_passkey(self, name: str = "Laptop", password: str | None = PASSWORD, **changes: Any) -> Authenticator:
        """Adds a passkey to the account that is signed in."""
        authenticator = Authenticator()
        answer = self.browser.post("/passkeys", json=self.new_passkey(authenticator, name, password, **changes))
        assert answer.status_code == 200, answer.text
        return authenticator

    def new_passkey(
        self, authenticator: Authenticator, name: str = "Laptop", password: str | None = PASSWORD, **changes: Any
    ) -> dict[str, Any]:
        """The body that adds a passkey."""
        options = self.browser.post("/passkeys/options", json={"password": password})
        assert options.status_code == 200, options.text
        return {"name": name, "credential": authenticator.create(options.get_json()["publicKey"], **changes)}

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        """The kinds and details of what is recorded about this account."""
        with self.app.app_context():
            return [(line.kind, line.details) for line in lines_after(0) if line.target == self.name]


def asked(browser: Browser) -> dict[str, Any]:
    """What a browser is asked for a sign-in by passkey."""
    answer = browser.post("/passkeys/sign-in/options")
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.get_json()["publicKey"]
    return options


def sign_in(browser: Browser, authenticator: Authenticator, username: str | None = None, **changes: Any) -> Any:
    """Signs in by passkey, and returns the response."""
    credential = authenticator.get(asked(browser), **changes)
    return browser.post("/passkeys/sign-in", json={"credential": credential, "username": username})


def who(browser: Browser) -> str | None:
    """Who is signed in."""
    answer = browser.get("/loggedIn")
    return answer.get_json()["username"] if answer.status_code == 200 else None


def changed(credential: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    return {**credential, "response": {**credential["response"], field: value}}
