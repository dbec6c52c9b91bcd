"""Failed sign-ins make the next one wait, longer each time, and keep nobody out from another address."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chatapp import passwords
from chatapp.api import sign_in_delays
from chatapp.api.sign_in_delays import FREE_FAILURES, LONGEST_DELAY_SECONDS
from tests.api.error_bodies import refusal
from tests.conftest import DAVES_PASSWORD
from tests.servers import free_port

ATTACKER, DAVE = "203.0.113.66", "198.51.100.7"

MakeApp = Callable[..., Flask]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_verify", lambda password, _hash: password == DAVES_PASSWORD)


def guarded(make_app: MakeApp, **settings: object) -> Flask:
    return make_app(sign_in="password", sign_in_limit="1000 per minute", **settings)


def attempt(app: Flask, address: str, username: str = "dave", password: str = "wrong") -> TestResponse:
    body = {"username": username, "password": password}
    return app.test_client().post("/login", json=body, environ_base={"REMOTE_ADDR": address})


def fail(app: Flask, address: str, times: int, username: str = "dave") -> None:
    for _ in range(times):
        refusal(attempt(app, address, username), 401, "wrong_credentials")


def delay(app: Flask, address: str, username: str = "dave") -> int:
    answer = attempt(app, address, username, DAVES_PASSWORD)
    error = refusal(answer, 429, "too_many_attempts")
    assert error["details"] == {"retryAfter": int(answer.headers["Retry-After"])}
    return int(answer.headers["Retry-After"])


def test_each_failure_beyond_the_free_ones_doubles_the_wait(make_app: MakeApp) -> None:
    app = guarded(make_app)
    storage = app.extensions["chatapp.sign_in_delays"]._memory
    fail(app, ATTACKER, FREE_FAILURES)
    waits = []
    for _ in range(12):
        fail(app, ATTACKER, 1)
        waits.append(delay(app, ATTACKER))
        # The wait passes.
        for key in [key for key in storage.expirations if "delay" in key]:
            storage.clear(key)
    expected = [min(2**number, LONGEST_DELAY_SECONDS) for number in range(12)]
    assert all(wanted - 1 <= wait <= wanted for wait, wanted in zip(waits, expected, strict=True)), waits
    assert waits[-1] > LONGEST_DELAY_SECONDS - 5


def test_nobody_is_kept_out_from_another_address(make_app: MakeApp) -> None:
    app = guarded(make_app)
    fail(app, ATTACKER, FREE_FAILURES + 1)
    assert delay(app, ATTACKER) >= 1
    assert attempt(app, DAVE, password=DAVES_PASSWORD).status_code == 200
    # What the person has done does not help the attacker.
    assert delay(app, ATTACKER) >= 1


def test_a_success_makes_the_failures_of_its_account_and_address_forgotten(make_app: MakeApp) -> None:
    app = guarded(make_app)
    for _ in range(3):
        fail(app, DAVE, FREE_FAILURES)
        assert attempt(app, DAVE, password=DAVES_PASSWORD).status_code == 200


def test_an_address_waits_whatever_names_it_tries(make_app: MakeApp) -> None:
    app = guarded(make_app, sign_in_address_failures=4)
    for number in range(5):
        fail(app, ATTACKER, 1, f"somebody{number}")
    assert delay(app, ATTACKER, "dave") >= 1
    assert attempt(app, DAVE, password=DAVES_PASSWORD).status_code == 200


def test_successes_of_an_account_of_the_attackers_own_do_not_reset_the_address(make_app: MakeApp) -> None:
    app = guarded(make_app, sign_in_address_failures=4)
    for number in range(5):
        fail(app, ATTACKER, 1, f"somebody{number}")
        if number < 4:
            assert attempt(app, ATTACKER, password=DAVES_PASSWORD).status_code == 200
    assert delay(app, ATTACKER) >= 1


def test_many_people_sign_in_from_one_address(make_app: MakeApp) -> None:
    app = guarded(make_app, sign_in_address_failures=4)
    for _ in range(20):
        assert attempt(app, DAVE, password=DAVES_PASSWORD).status_code == 200


def test_the_limit_of_an_address_can_be_lifted(make_app: MakeApp) -> None:
    app = guarded(make_app, sign_in_address_failures=0)
    for number in range(120):
        fail(app, ATTACKER, 1, f"somebody{number}")


def test_an_attacker_with_a_network_of_ipv6_addresses_has_one_count(make_app: MakeApp) -> None:
    app = guarded(make_app)
    for number in range(FREE_FAILURES + 1):
        fail(app, f"2001:db8:1:2::{number:x}", 1)
    assert delay(app, "2001:db8:1:2:ffff::1") >= 1
    assert attempt(app, "2001:db8:1:3::1", password=DAVES_PASSWORD).status_code == 200


def test_attempts_at_once_are_counted_before_their_passwords_are_checked(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = guarded(make_app, sign_in_address_failures=3)
    begun: list[str] = []
    statuses: list[int] = []

    def verify(_password: str, _hash: str) -> bool:
        """Begins the next attempt while this one is checked."""
        if len(begun) < 8:
            begun.append(f"somebody{len(begun)}")
            statuses.append(attempt(app, ATTACKER, begun[-1]).status_code)
        return False

    monkeypatch.setattr(passwords, "_verify", verify)
    refusal(attempt(app, ATTACKER), 401, "wrong_credentials")
    assert statuses == [429, 401, 401, 401]


def test_unknown_names_wait_as_known_ones_do(make_app: MakeApp) -> None:
    app = guarded(make_app)
    for name in ("dave", "nobody-of-this-name"):
        fail(app, ATTACKER, FREE_FAILURES + 1, name)
        assert delay(app, ATTACKER, name) == 1


def test_failures_are_counted_while_redis_is_down(make_app: MakeApp) -> None:
    app = guarded(make_app)
    address = f"redis://127.0.0.1:{free_port()}/0"
    app.extensions["chatapp.sign_in_delays"] = sign_in_delays.SignInDelays(address, 100)
    assert attempt(app, DAVE, password=DAVES_PASSWORD).status_code == 200
    fail(app, ATTACKER, FREE_FAILURES + 1)
    assert delay(app, ATTACKER) >= 1
