"""The second factor: codes of an authenticator app, recovery codes, and what they are needed for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from chatapp.actions import second_factor
from chatapp.actions.audit import OPERATOR
from chatapp.actions.second_factor import RECOVERY_CODES, reset
from chatapp.actions.suspensions import suspend
from chatapp.api import current
from chatapp.api.sign_in_delays import FREE_FAILURES
from chatapp.extensions import db
from chatapp.models import RecoveryCode, SecondFactor
from chatapp.qr_codes import qr_code
from tests.api.account_people import PASSWORD, Owner, sign_in
from tests.api.error_bodies import refusal
from tests.conftest import DAVES_PASSWORD, Browser

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
def erin(password_app: Flask, clock: Clock) -> Protected:
    return Protected(Owner(password_app).signed_in(), clock)


def test_the_password_alone_does_not_sign_in(erin: Protected) -> None:
    for empty in ({}, {"code": None}, {"code": ""}):
        refusal(erin.log_in(**empty), 401, "second_factor_required")
        assert erin.owner.browser.get("/loggedIn").status_code == 401
    assert erin.log_in(code=erin.code()).status_code == 200
    assert ("sign_in", {"method": "code"}) in erin.owner.audited()


def test_only_who_has_the_password_learns_that_there_is_a_second_factor(erin: Protected) -> None:
    for code in (erin.code(), None):
        refusal(erin.log_in(password="wrong", code=code), 401, "wrong_credentials")
    assert erin.log_in(code=erin.code()).status_code == 200, "the code was not used up"


def test_a_code_is_needed_before_a_suspension_is_told(erin: Protected) -> None:
    suspend(erin.owner.app.extensions["chatapp.journal"], OPERATOR, erin.owner.name, timedelta(days=1), "")
    refusal(erin.log_in(), 401, "second_factor_required")
    refusal(erin.log_in(code="000000"), 401, "wrong_code")
    refusal(erin.log_in(code=erin.code()), 403, "account_suspended")


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
def test_a_clock_may_differ_by_one_step(erin: Protected, seconds: int, status: int) -> None:
    erin.clock.now += timedelta(minutes=10)
    assert erin.clock.now.timestamp() % 30 == 0
    assert erin.log_in(code=erin.code(seconds)).status_code == status


def test_a_code_is_used_once_and_so_is_every_earlier_one(erin: Protected) -> None:
    assert erin.log_in(code=erin.code()).status_code == 200
    refusal(erin.log_in(code=erin.code()), 401, "wrong_code")
    refusal(erin.log_in(code=erin.code(-30)), 401, "wrong_code")
    assert erin.log_in(code=erin.code(30)).status_code == 200
    assert ("sign_in_failed", {"method": "code"}) in erin.owner.audited()


def test_the_code_that_confirmed_does_not_sign_in(erin: Protected) -> None:
    erin.clock.now -= timedelta(seconds=60)
    refusal(erin.log_in(code=erin.code()), 401, "wrong_code")


def test_of_many_sign_ins_with_one_code_one_succeeds(erin: Protected) -> None:
    for code in (erin.code(), erin.recovery_codes[0]):

        def attempt(_number: int, code: str = code) -> int:
            body = {"username": erin.owner.name, "password": PASSWORD, "code": code}
            return erin.owner.new_browser().post("/login", json=body).status_code

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(attempt, range(4))) == [200] + [401] * 3


def test_a_recovery_code_is_used_once(erin: Protected) -> None:
    first, second = erin.recovery_codes[:2]
    assert erin.log_in(code=first).status_code == 200
    assert erin.owner.browser.get("/second-factor").get_json()["recoveryCodesLeft"] == RECOVERY_CODES - 1
    refusal(erin.log_in(code=first), 401, "wrong_code")
    assert erin.log_in(code=f" {second.upper().replace('-', ' ')} ").status_code == 200
    assert ("sign_in", {"method": "recovery_code"}) in erin.owner.audited()


def test_recovery_codes_are_many_random_and_stored_as_hashes(erin: Protected) -> None:
    codes = erin.recovery_codes
    assert len(set(codes)) == RECOVERY_CODES == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    with erin.owner.app.app_context():
        rows = repr(db.session.execute(select(RecoveryCode.__table__)).all())
    assert rows
    assert not [code for code in codes if code in rows or code.replace("-", "") in rows]


def test_the_recovery_code_of_another_account_does_not_sign_in(erin: Protected, password_app: Flask) -> None:
    finn = Protected(Owner(password_app, "finn").signed_in(), erin.clock)
    refusal(erin.log_in(code=finn.recovery_codes[0]), 401, "wrong_code")
    refusal(erin.log_in(code=finn.code()), 401, "wrong_code")


def test_new_recovery_codes_replace_the_old_ones(erin: Protected) -> None:
    assert erin.log_in(code=erin.code()).status_code == 200
    browser = erin.owner.browser
    refusal(browser.post("/second-factor/recovery-codes", json={}), 403, "confirmation_required")
    refusal(browser.post("/second-factor/recovery-codes", json={"password": "wrong"}), 403, "wrong_password")
    answer = browser.post("/second-factor/recovery-codes", json={"password": PASSWORD})
    assert len(answer.get_json()["recoveryCodes"]) == RECOVERY_CODES
    refusal(erin.log_in(code=erin.recovery_codes[0]), 401, "wrong_code")
    assert erin.log_in(code=answer.get_json()["recoveryCodes"][0]).status_code == 200
    assert ("recovery_codes_replaced", {}) in erin.owner.audited()


def test_turning_it_off_needs_the_password_and_ends_the_recovery_codes(erin: Protected) -> None:
    browser = erin.owner.browser
    refusal(browser.delete("/second-factor", json={}), 403, "confirmation_required")
    refusal(browser.delete("/second-factor", json={"password": "wrong"}), 403, "wrong_password")
    refusal(erin.log_in(), 401, "second_factor_required")
    assert browser.delete("/second-factor", json={"password": PASSWORD}).status_code == 200
    refusal(browser.delete("/second-factor", json={"password": PASSWORD}), 404, "not_found")
    assert erin.log_in().status_code == 200
    assert erin.owner.browser.get("/second-factor").get_json() == {"since": None, "recoveryCodesLeft": 0}
    kinds = [kind for kind, _ in erin.owner.audited()]
    assert {"second_factor_on", "second_factor_off"} <= set(kinds)


def test_what_is_off_can_be_neither_confirmed_nor_have_recovery_codes(password_app: Flask, clock: Clock) -> None:
    browser = Owner(password_app).signed_in().browser
    refusal(browser.post("/second-factor/confirm", json={"code": "123456"}), 404, "not_found")
    refusal(browser.post("/second-factor/recovery-codes", json={"password": PASSWORD}), 404, "not_found")


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


def test_a_passkey_needs_no_code(erin: Protected) -> None:
    passkey = erin.owner.add_passkey()
    assert sign_in(erin.owner.new_browser(), passkey).status_code == 200


def test_guessing_codes_is_slowed_from_many_addresses_and_a_wrong_password_does_not_count(erin: Protected) -> None:
    for _ in range(FREE_FAILURES + 1):
        refusal(erin.log_in(password="wrong", code="000000"), 401, "wrong_credentials")
    for _ in range(FREE_FAILURES):
        refusal(erin.log_in(code="000000"), 401, "wrong_code")
    assert erin.log_in(code="000000").status_code == 401
    answer = erin.log_in(code=erin.code())
    assert refusal(answer, 429, "too_many_attempts")["details"]["retryAfter"] >= 1
    assert answer.headers["Retry-After"]
    refusal(erin.log_in(), 401, "second_factor_required")


def test_the_right_password_does_not_forget_wrong_codes(password_app: Flask, erin: Protected) -> None:
    """Otherwise whoever has the password could reset the count between two guesses."""
    browser, address = erin.owner.new_browser(), {"REMOTE_ADDR": "203.0.113.77"}
    answers = []
    for _ in range(FREE_FAILURES + 2):
        for code in ("000000", None):
            body = {"username": erin.owner.name, "password": PASSWORD, "code": code}
            # Passes the limit a minute, which is counted by the name in the body and would hide the delay.
            answers.append(_uncounted(browser, body, address))
    assert 429 in answers[-4:]


def _uncounted(browser: Browser, body: dict[str, Any], address: dict[str, str]) -> int:
    from chatapp.extensions import limiter

    limiter.reset()
    return browser.post("/login", json=body, environ_base=address).status_code


def test_a_new_key_of_the_installation_leaves_the_recovery_codes(
    erin: Protected, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = current.derived_key
    monkeypatch.setattr(current, "derived_key", lambda key, purpose: derived(key + "another", purpose))
    refusal(erin.log_in(code=erin.code()), 401, "wrong_code")
    assert erin.log_in(code=erin.recovery_codes[0]).status_code == 200


def test_the_secret_is_encrypted(erin: Protected) -> None:
    with erin.owner.app.app_context():
        secrets = list(db.session.scalars(select(SecondFactor.secret)))
    assert secrets
    assert not [one for one in secrets if erin.totp.secret.encode() in one]


def test_an_operator_resets_what_is_lost(erin: Protected) -> None:
    passkey = erin.owner.add_passkey()
    journal = erin.owner.app.extensions["chatapp.journal"]
    assert reset(journal, erin.owner.name, with_passkeys=False) == 0
    assert erin.owner.browser.get("/loggedIn").status_code == 401
    assert sign_in(erin.owner.new_browser(), passkey).status_code == 200
    assert erin.log_in().status_code == 200
    assert reset(journal, erin.owner.name, with_passkeys=True) == 1
    refusal(sign_in(erin.owner.new_browser(), passkey), 401, "passkey_refused")
    assert ("second_factor_reset", {"passkeys": 1}) in erin.owner.audited()


@pytest.mark.parametrize("code", [7, [], {}, "x" * 41, True])
def test_a_malformed_code_is_refused(erin: Protected, code: Any) -> None:
    body = refusal(erin.log_in(code=code), 422, "invalid_input")
    assert [*body["details"]["fields"]] == ["code"]


@pytest.mark.parametrize("code", ["000000", "１２３４５６", "-", " ", "\0", "ä", "a" * 16, "12345678"])
def test_a_wrong_code_does_not_sign_in(erin: Protected, code: str) -> None:
    refusal(erin.log_in(code=code), 401, "wrong_code")


def test_an_account_without_it_signs_in_as_before_whatever_the_code(password_app: Flask) -> None:
    place = {"REMOTE_ADDR": "203.0.113.99"}
    for more in ({}, {"code": "123456"}):
        body = {"username": "dave", "password": DAVES_PASSWORD, **more}
        assert password_app.test_client().post("/login", json=body, environ_base=place).status_code == 200
