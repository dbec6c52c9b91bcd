"""How many HTTP requests a signed-in person may make."""

from collections.abc import Callable
from timeit import timeit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp import token_bucket
from chatapp.actions.audit import OPERATOR
from chatapp.actions.bots import add_bot, add_token
from chatapp.api.request_limit import RequestLimit
from chatapp.load_errors import TooManyRequests
from tests.api.error_bodies import refusal

RATE = 2
BURST = RATE * int(token_bucket.BURST_SECONDS)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which only the test changes."""
    seconds = [1_000.0]
    monkeypatch.setattr(token_bucket, "monotonic", lambda: seconds[0])
    return seconds


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", json={"username": username}).status_code == 200
    return client


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}], ids=["fast path", "flask"])
def test_a_flood_is_refused_until_its_person_has_waited(
    make_app: Callable[..., Flask], at: list[float], headers: dict[str, str]
) -> None:
    app = make_app(request_rate=RATE)
    alice, bob = signed_in(app, "alice"), signed_in(app, "bob")
    assert [alice.get("/conversations", headers=headers).status_code for _ in range(BURST)] == [200] * BURST
    answer = alice.get("/conversations", headers=headers)
    refusal(answer, 429, "too_many_requests")
    assert answer.headers["Retry-After"] == "1"
    assert answer.get_json()["error"]["details"] == {"retryAfter": 1}
    # Another of her sessions has the same budget, other people have their own, and nobody's counts files.
    refusal(
        signed_in(app, "alice").post("/messages", json={}, headers={"Origin": "http://localhost"}),
        429,
        "too_many_requests",
    )
    assert bob.get("/conversations", headers=headers).status_code == 200
    assert alice.get("/").status_code == 200
    assert alice.get("/healthz").status_code == 200
    at[0] += 1.0
    statuses = [alice.get("/conversations", headers=headers).status_code for _ in range(RATE + 1)]
    assert statuses == [200] * RATE + [429]


def test_all_tokens_of_a_bot_have_the_limit_of_a_person(make_app: Callable[..., Flask], at: list[float]) -> None:
    app = make_app(request_rate=RATE)
    journal = app.extensions["chatapp.journal"]
    add_bot(journal, OPERATOR, "robot", "Robot")
    first, second = (
        {"Authorization": f"Bearer {add_token(journal, OPERATOR, 'robot', name, None).secret}"} for name in "ab"
    )
    statuses = [app.test_client().get("/conversations", headers=first).status_code for _ in range(BURST)]
    assert statuses == [200] * BURST
    refusal(app.test_client().get("/conversations", headers=second), 429, "too_many_requests")


def test_without_a_rate_nothing_is_refused(make_app: Callable[..., Flask], at: list[float]) -> None:
    alice = signed_in(make_app(request_rate=0), "alice")
    assert {alice.get("/conversations").status_code for _ in range(BURST + 1)} == {200}


def test_full_budgets_are_dropped_and_used_ones_stay(monkeypatch: pytest.MonkeyPatch, at: list[float]) -> None:
    monkeypatch.setattr(token_bucket, "BUDGETS_KEPT", 3)
    limit = RequestLimit(RATE)
    for _ in range(BURST):
        limit.count(1)
    at[0] += token_bucket.BURST_SECONDS - 1
    for user_id in (2, 3, 4):
        limit.count(user_id)
    with pytest.raises(TooManyRequests):
        [limit.count(1) for _ in range(BURST)]
    at[0] += 2 * token_bucket.BURST_SECONDS
    limit.count(5)
    assert len(limit._budgets) == 1


def test_counting_a_request_costs_little() -> None:
    limit = RequestLimit(1_000_000)
    limit.count(1)
    assert min(timeit(lambda: limit.count(1), number=1_000) for _ in range(20)) / 1_000 < 5e-6
