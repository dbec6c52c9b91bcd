"""An account with a second factor, and the clock that its codes go by."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chatapp.actions import second_factor
from tests.api.account_people import PASSWORD, Owner

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
"""The first second of a time step."""


class Clock:
    """What time the server takes it to be when it looks at a code."""

    def __init__(self) -> None:
        self.now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(second_factor, "now", lambda: made.now)
    return made


class Protected:
    """An account with a second factor, signed in."""

    def __init__(self, owner: Owner, clock: Clock) -> None:
        self.owner, self.clock = owner, clock
        made = owner.browser.post("/second-factor", json={"password": PASSWORD})
        assert made.status_code == 200, made.text
        self.totp = pyotp.TOTP(made.get_json()["secret"])
        confirmed = owner.browser.post("/second-factor/confirm", json={"code": self.code()})
        assert confirmed.status_code == 200, confirmed.text
        self.recovery_codes: list[str] = confirmed.get_json()["recoveryCodes"]
        clock.now += timedelta(seconds=60)

    def code(self, seconds: int = 0) -> str:
        """The code of the app, whose clock differs by these seconds from the server's."""
        return self.totp.at(self.clock.now + timedelta(seconds=seconds))

    def log_in(self, **more: Any) -> TestResponse:
        """A sign-in from a browser and an address of its own."""
        self.owner.browser = self.owner.new_browser()
        return self.owner.log_in(**more)


@pytest.fixture
def protected(password_app: Flask, clock: Clock) -> Protected:
    return Protected(Owner(password_app).signed_in(), clock)
