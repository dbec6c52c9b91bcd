"""The second factor: codes of an authenticator app, and what they are needed for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.actions.audit import OPERATOR
from chatapp.actions.suspensions import suspend
from chatapp.api.sign_in_delays import FREE_FAILURES
from chatapp.extensions import db
from chatapp.models import SecondFactor
from chatapp.qr_codes import qr_code
from tests.api.account_people import PASSWORD, Owner, sign_in
from tests.api.error_bodies import refusal
from tests.api.protected import Clock, Protected
from tests.conftest import DAVES_PASSWORD, Browser


def test_the_password_alone_does_not_sign_in(protected: Protected) -> None:
    for empty in ({}, {"code": None}, {"code": ""}):
        refusal(protected.log_in(**empty), 401, "second_factor_required")
        assert protected.owner.browser.get("/loggedIn").status_code == 401
    assert protected.log_in(code=protected.code()).status_code == 200
    assert ("sign_in", {"method": "code"}) in protected.owner.audited()


def test_only_who_has_the_password_learns_that_there_is_a_second_factor(protected: Protected) -> None:
    for code in (protected.code(), None):
        refusal(protected.log_in(password="wrong", code=code), 401, "wrong_credentials")
    assert protected.log_in(code=protected.code()).status_code == 200, "the code was not used up"


def test_a_code_is_needed_before_a_suspension_is_told(protected: Protected) -> None:
    suspend(protected.owner.app.extensions["chatapp.journal"], OPERATOR, protected.owner.name, timedelta(days=1), "")
    refusal(protected.log_in(), 401, "second_factor_required")
    refusal(protected.log_in(code="000000"), 401, "wrong_code")
    refusal(protected.log_in(code=protected.code()), 403, "account_suspended")


def test_the_app_gets_what_it_needs(password_app: Flask, clock: Clock) -> None:
    owner = Owner(password_app).signed_in()
    made = owner.browser.post("/second-factor", json={"password": PASSWORD}).get_json()
    parts = urlsplit(made["uri"])
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", f"/chatapp:{owner.name}@localhost")
    assert parse_qs(parts.query) == {"secret": [made["secret"]], "issuer": ["chatapp"]}
    assert len(made["secret"]) == 32, "160 bits, as RFC 4226 recommends"
    assert made["qrCode"] == qr_code(made["uri"])
    assert len(made["qrCode"][0]) == len(made["qrCode"]) >= 21
    assert owner.browser.get("/second-factor").get_json() == {"since": None, "recoveryCodesLeft": 0}
    assert owner.log_in().status_code == 200, "it is not in force before it is confirmed"


@pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "１２３４５６", "x" * 41, "", None, 123456, [], {}])
def test_a_wrong_code_confirms_nothing(password_app: Flask, clock: Clock, code: Any) -> None:
    owner = Owner(password_app).signed_in()
    owner.browser.post("/second-factor", json={"password": PASSWORD})
    body = refusal(owner.browser.post("/second-factor/confirm", json={"code": code}), 422, "invalid_input")
    assert [*body["details"]["fields"]] == ["code"]
    assert owner.log_in().status_code == 200


def test_a_secret_that_was_not_confirmed_is_replaced(password_app: Flask, clock: Clock) -> None:
    owner = Owner(password_app).signed_in()
    first, second = (
        pyotp.TOTP(owner.browser.post("/second-factor", json={"password": PASSWORD}).get_json()["secret"])
        for _ in range(2)
    )
    path = "/second-factor/confirm"
    refusal(owner.browser.post(path, json={"code": first.at(clock.now)}), 422, "invalid_input")
    assert owner.browser.post(path, json={"code": second.at(clock.now)}).status_code == 200
    refusal(owner.browser.post(path, json={"code": second.at(clock.now)}), 409, "second_factor_on")
    refusal(owner.browser.post("/second-factor", json={"password": PASSWORD}), 409, "second_factor_on")


@pytest.mark.parametrize(
    ("seconds", "status"), [(-60, 401), (-31, 401), (-30, 200), (0, 200), (30, 200), (59, 200), (60, 401), (90, 401)]
)
def test_a_clock_may_differ_by_one_step(protected: Protected, seconds: int, status: int) -> None:
    protected.clock.now += timedelta(minutes=10)
    assert protected.clock.now.timestamp() % 30 == 0
    assert protected.log_in(code=protected.code(seconds)).status_code == status


def test_a_code_is_used_once_and_so_is_every_earlier_one(protected: Protected) -> None:
    assert protected.log_in(code=protected.code()).status_code == 200
    refusal(protected.log_in(code=protected.code()), 401, "wrong_code")
    refusal(protected.log_in(code=protected.code(-30)), 401, "wrong_code")
    assert protected.log_in(code=protected.code(30)).status_code == 200
    assert ("sign_in_failed", {"method": "code"}) in protected.owner.audited()


def test_the_code_that_confirmed_does_not_sign_in(protected: Protected) -> None:
    protected.clock.now -= timedelta(seconds=60)
    refusal(protected.log_in(code=protected.code()), 401, "wrong_code")


def test_of_many_sign_ins_with_one_code_one_succeeds(protected: Protected) -> None:
    for code in (protected.code(), protected.recovery_codes[0]):

        def attempt(_number: int, code: str = code) -> int:
            body = {"username": protected.owner.name, "password": PASSWORD, "code": code}
            return protected.owner.new_browser().post("/login", json=body).status_code

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(attempt, range(4))) == [200] + [401] * 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/second-factor"),
        ("POST", "/second-factor"),
        ("DELETE", "/second-factor"),
        ("POST", "/second-factor/confirm"),
        ("POST", "/second-factor/recovery-codes"),
    ],
)
def test_the_second_factor_is_for_who_is_signed_in(password_app: Flask, method: str, path: str) -> None:
    answer = password_app.test_client().open(path, method=method, json={"password": PASSWORD, "code": "123456"})
    refusal(answer, 401, "not_signed_in")


def test_an_account_without_a_password_has_no_second_factor(app: Flask, browse: Callable[[str], Browser]) -> None:
    refusal(browse("alice").post("/second-factor", json={}), 409, "password_needed")


def test_a_passkey_needs_no_code(protected: Protected) -> None:
    passkey = protected.owner.add_passkey()
    assert sign_in(protected.owner.new_browser(), passkey).status_code == 200


def test_guessing_codes_is_slowed_from_many_addresses_and_a_wrong_password_does_not_count(protected: Protected) -> None:
    for _ in range(FREE_FAILURES + 1):
        refusal(protected.log_in(password="wrong", code="000000"), 401, "wrong_credentials")
    for _ in range(FREE_FAILURES):
        refusal(protected.log_in(code="000000"), 401, "wrong_code")
    assert protected.log_in(code="000000").status_code == 401
    answer = protected.log_in(code=protected.code())
    assert refusal(answer, 429, "too_many_attempts")["details"]["retryAfter"] >= 1
    assert answer.headers["Retry-After"]
    refusal(protected.log_in(), 401, "second_factor_required")


def test_the_right_password_does_not_forget_wrong_codes(password_app: Flask, protected: Protected) -> None:
    """Otherwise whoever has the password could reset the count between two guesses."""
    browser, address = protected.owner.new_browser(), {"REMOTE_ADDR": "203.0.113.77"}
    answers = []
    for _ in range(FREE_FAILURES + 2):
        for code in ("000000", None):
            body = {"username": protected.owner.name, "password": PASSWORD, "code": code}
            # Passes the limit a minute, which is counted by the name in the body and would hide the delay.
            answers.append(_uncounted(browser, body, address))
    assert 429 in answers[-4:]


def _uncounted(browser: Browser, body: dict[str, Any], address: dict[str, str]) -> int:
    from chatapp.extensions import limiter

    limiter.reset()
    return browser.post("/login", json=body, environ_base=address).status_code


def test_the_secret_is_encrypted(protected: Protected) -> None:
    with protected.owner.app.app_context():
        secrets = list(db.session.scalars(select(SecondFactor.secret)))
    assert secrets
    assert not [one for one in secrets if protected.totp.secret.encode() in one]


@pytest.mark.parametrize("code", [7, [], {}, "x" * 41, True])
def test_a_malformed_code_is_refused(protected: Protected, code: Any) -> None:
    body = refusal(protected.log_in(code=code), 422, "invalid_input")
    assert [*body["details"]["fields"]] == ["code"]


@pytest.mark.parametrize("code", ["000000", "１２３４５６", "-", " ", "\0", "ä", "a" * 16, "12345678"])
def test_a_wrong_code_does_not_sign_in(protected: Protected, code: str) -> None:
    refusal(protected.log_in(code=code), 401, "wrong_code")


def test_an_account_without_it_signs_in_as_before_whatever_the_code(password_app: Flask) -> None:
    place = {"REMOTE_ADDR": "203.0.113.99"}
    for more in ({}, {"code": "123456"}):
        body = {"username": "dave", "password": DAVES_PASSWORD, **more}
        assert password_app.test_client().post("/login", json=body, environ_base=place).status_code == 200
