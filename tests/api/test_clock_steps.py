"""Tokens that were issued by a clock that was ahead: of this machine before it was set back, or of another one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_jwt_extended import tokens as issuing

from chatapp import tokens
from chatapp.clock import now
from tests.conftest import Browser


@pytest.fixture
def issued_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are issued by a clock that is an hour ahead."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + timedelta(hours=1)

    monkeypatch.setattr(issuing, "datetime", Ahead)


def test_a_clock_that_was_set_back_signs_nobody_out(issued_ahead: None, browse: Callable[..., Browser]) -> None:
    alice = browse("alice")
    answer = alice.get("/loggedIn")
    assert (answer.status_code, answer.get_json()["username"]) == (200, "alice")


def test_a_token_that_has_expired_is_refused_to_the_second(
    app: Flask, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = browse("alice")
    life = timedelta(seconds=app.extensions["chatapp.settings"].token_seconds)
    began = now()
    for passed, status in ((life - timedelta(minutes=1), 200), (life + timedelta(seconds=2), 401)):
        monkeypatch.setattr(tokens, "now", lambda passed=passed: began + passed)
        tokens._verified_claims.cache_clear()
        assert alice.get("/loggedIn").status_code == status, passed
