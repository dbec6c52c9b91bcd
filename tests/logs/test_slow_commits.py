"""A commit that takes long is an event in the log."""

import logging

import pytest
from flask import Flask

from chatapp import database
from chatapp.logs.events import EVENT, FIELDS
from tests.conftest import Browser


@pytest.mark.parametrize("is_slow", [True, False])
def test_a_slow_commit_is_an_event(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_slow: bool
) -> None:
    # Every commit takes longer than no time at all, and none of them a minute.
    monkeypatch.setattr(database, "SLOW_COMMIT_SECONDS", 0.0 if is_slow else 60.0)
    app.test_client_class = Browser
    with caplog.at_level(logging.INFO, logger="chatapp"):
        assert app.test_client().post("/login", json={"username": "alice"}).status_code == 200
    found = [one for one in caplog.records if getattr(one, EVENT, "") == "slow_commit"]
    assert bool(found) == is_slow
    assert all(getattr(one, FIELDS)["milliseconds"] >= 0 for one in found)
