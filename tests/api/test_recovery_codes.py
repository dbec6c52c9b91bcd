"""Recovery codes, and the end of the second factor."""

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.actions.second_factor import RECOVERY_CODES, reset
from chatapp.api import current
from chatapp.extensions import db
from chatapp.models import RecoveryCode
from tests.api.account_people import PASSWORD, Owner, sign_in
from tests.api.error_bodies import refusal
from tests.api.protected import Clock, Protected


def test_a_recovery_code_is_used_once(protected: Protected) -> None:
    first, second = protected.recovery_codes[:2]
    assert protected.log_in(code=first).status_code == 200
    assert protected.owner.browser.get("/second-factor").get_json()["recoveryCodesLeft"] == RECOVERY_CODES - 1
    refusal(protected.log_in(code=first), 401, "wrong_code")
    assert protected.log_in(code=f" {second.upper().replace('-', ' ')} ").status_code == 200
    assert ("sign_in", {"method": "recovery_code"}) in protected.owner.audited()


def test_recovery_codes_are_many_random_and_stored_as_hashes(protected: Protected) -> None:
    codes = protected.recovery_codes
    assert len(set(codes)) == RECOVERY_CODES == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    with protected.owner.app.app_context():
        rows = repr(db.session.execute(select(RecoveryCode.__table__)).all())
    assert rows
    assert not [code for code in codes if code in rows or code.replace("-", "") in rows]


def test_the_recovery_code_of_another_account_does_not_sign_in(protected: Protected, password_app: Flask) -> None:
    finn = Protected(Owner(password_app, "finn").signed_in(), protected.clock)
    refusal(protected.log_in(code=finn.recovery_codes[0]), 401, "wrong_code")
    refusal(protected.log_in(code=finn.code()), 401, "wrong_code")


def test_new_recovery_codes_replace_the_old_ones(protected: Protected) -> None:
    assert protected.log_in(code=protected.code()).status_code == 200
    browser = protected.owner.browser
    refusal(browser.post("/second-factor/recovery-codes", json={}), 403, "confirmation_required")
    refusal(browser.post("/second-factor/recovery-codes", json={"password": "wrong"}), 403, "wrong_password")
    answer = browser.post("/second-factor/recovery-codes", json={"password": PASSWORD})
    assert len(answer.get_json()["recoveryCodes"]) == RECOVERY_CODES
    refusal(protected.log_in(code=protected.recovery_codes[0]), 401, "wrong_code")
    assert protected.log_in(code=answer.get_json()["recoveryCodes"][0]).status_code == 200
    assert ("recovery_codes_replaced", {}) in protected.owner.audited()


def test_turning_it_off_needs_the_password_and_ends_the_recovery_codes(protected: Protected) -> None:
    browser = protected.owner.browser
    refusal(browser.delete("/second-factor", json={}), 403, "confirmation_required")
    refusal(browser.delete("/second-factor", json={"password": "wrong"}), 403, "wrong_password")
    refusal(protected.log_in(), 401, "second_factor_required")
    assert browser.delete("/second-factor", json={"password": PASSWORD}).status_code == 200
    refusal(browser.delete("/second-factor", json={"password": PASSWORD}), 404, "not_found")
    assert protected.log_in().status_code == 200
    assert protected.owner.browser.get("/second-factor").get_json() == {"since": None, "recoveryCodesLeft": 0}
    kinds = [kind for kind, _ in protected.owner.audited()]
    assert {"second_factor_on", "second_factor_off"} <= set(kinds)


def test_what_is_off_can_be_neither_confirmed_nor_have_recovery_codes(password_app: Flask, clock: Clock) -> None:
    browser = Owner(password_app).signed_in().browser
    refusal(browser.post("/second-factor/confirm", json={"code": "123456"}), 404, "not_found")
    refusal(browser.post("/second-factor/recovery-codes", json={"password": PASSWORD}), 404, "not_found")


def test_a_new_key_of_the_installation_leaves_the_recovery_codes(
    protected: Protected, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = current.derived_key
    monkeypatch.setattr(current, "derived_key", lambda key, purpose: derived(key + "another", purpose))
    refusal(protected.log_in(code=protected.code()), 401, "wrong_code")
    assert protected.log_in(code=protected.recovery_codes[0]).status_code == 200


def test_an_operator_resets_what_is_lost(protected: Protected) -> None:
    passkey = protected.owner.add_passkey()
    journal = protected.owner.app.extensions["chatapp.journal"]
    assert reset(journal, protected.owner.name, with_passkeys=False) == 0
    assert protected.owner.browser.get("/loggedIn").status_code == 401
    assert sign_in(protected.owner.new_browser(), passkey).status_code == 200
    assert protected.log_in().status_code == 200
    assert reset(journal, protected.owner.name, with_passkeys=True) == 1
    refusal(sign_in(protected.owner.new_browser(), passkey), 401, "passkey_refused")
    assert ("second_factor_reset", {"passkeys": 1}) in protected.owner.audited()
