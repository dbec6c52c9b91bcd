"""Sign-in attempts are limited in password mode, by name and address."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chatapp.extensions import limiter
from tests.api.error_bodies import refusal
from tests.conftest import DAVES_PASSWORD
from tests.servers import free_port

LIMIT = 2
_hosts = itertools.count(1)


def attempt(app: Flask, username: str, address: str, path: str = "/login", password: str = "wrong") -> TestResponse:
    body = {"username": username, "password": password}
    return app.test_client().post(path, json=body, environ_base={"REMOTE_ADDR": address})


def new_address() -> str:
    return f"198.51.100.{next(_hosts)}"


def exhaust(app: Flask, username: str, address: str) -> None:
    for _ in range(LIMIT):
        refusal(attempt(app, username, address), 401, "wrong_credentials")


def test_an_attempt_above_the_limit_is_429_with_retry_after(password_app: Flask) -> None:
    address = new_address()
    exhaust(password_app, "dave", address)
    answer = attempt(password_app, "dave", address, password=DAVES_PASSWORD)
    refusal(answer, 429, "too_many_attempts")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_all_prefixes_share_one_limit(password_app: Flask) -> None:
    address = new_address()
    exhaust(password_app, "dave", address)
    refusal(attempt(password_app, "dave", address, "/web/login"), 429, "too_many_attempts")


def test_each_name_and_address_has_its_own_limit(password_app: Flask) -> None:
    address = new_address()
    exhaust(password_app, "alice", address)
    refusal(attempt(password_app, "alice", address), 429, "too_many_attempts")
    assert attempt(password_app, "dave", address, password=DAVES_PASSWORD).status_code == 200
    refusal(attempt(password_app, "alice", new_address()), 401, "wrong_credentials")


def test_a_forged_forwarded_address_does_not_evade_the_limit(password_app: Flask) -> None:
    address = new_address()
    exhaust(password_app, "dave", address)
    answer = password_app.test_client().post(
        "/login",
        json={"username": "dave", "password": "wrong"},
        headers={"X-Forwarded-For": "203.0.113.77"},
        environ_base={"REMOTE_ADDR": address},
    )
    refusal(answer, 429, "too_many_attempts")


def test_behind_a_proxy_attempts_are_counted_by_the_clients_address(make_app: Callable[..., Flask]) -> None:
    app = make_app(sign_in="password", proxies=1, sign_in_limit="1 per minute")

    def from_client(address: str) -> int:
        body = {"username": "dave", "password": "wrong"}
        return app.test_client().post("/login", json=body, headers={"X-Forwarded-For": address}).status_code

    assert [from_client("203.0.113.1"), from_client("203.0.113.1"), from_client("203.0.113.2")] == [401, 429, 401]


def test_malformed_attempts_of_every_kind_are_answered(password_app: Flask) -> None:
    client, address = password_app.test_client(), {"REMOTE_ADDR": new_address()}
    for raw, status in ((b"[1]", 400), (b"{", 400), (b'{"username": ["dave"]}', 422), (b'{"username": {}}', 422)):
        answer = client.post("/login", data=raw, content_type="application/json", environ_base=address)
        assert answer.status_code == status


def test_there_is_no_limit_in_username_mode(app: Flask) -> None:
    address = "127.0.0.9"
    for _ in range(LIMIT + 2):
        assert attempt(app, "alice", address).status_code == 200


def test_an_oversized_attempt_does_not_reset_the_limit(password_app: Flask) -> None:
    address = new_address()
    exhaust(password_app, "dave", address)
    refusal(attempt(password_app, "dave", address, password="x" * 1_000_001), 413, "too_large")
    refusal(attempt(password_app, "dave", address), 429, "too_many_attempts")


@pytest.fixture
def reset_limiter() -> Iterator[None]:
    """Resets the global limiter, so that the Redis of one application does not affect the next application."""
    yield
    limiter._storage_dead = False


@pytest.mark.usefixtures("reset_limiter")
def test_sign_in_works_and_stays_limited_while_redis_is_down(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        sign_in="password", redis_url=f"redis://127.0.0.1:{free_port()}/0", sign_in_limit=f"{LIMIT} per minute"
    )
    address = new_address()
    assert attempt(app, "dave", address, password=DAVES_PASSWORD).status_code == 200
    for _ in range(LIMIT - 1):
        refusal(attempt(app, "dave", address), 401, "wrong_credentials")
    refusal(attempt(app, "dave", address), 429, "too_many_attempts")


def test_redis_may_be_reached_by_a_unix_socket(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(redis_url=f"unix://{tmp_path}/redis.sock")
    assert attempt(app, "alice", "127.0.0.1").status_code == 200
