"""The routes of passkeys: add, sign in, list, rename, remove, and every answer that is wrong."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import webauthn
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import func, select, update

from chatapp.actions import administration
from chatapp.actions.audit import OPERATOR
from chatapp.actions.challenges import LASTS
from chatapp.actions.passkeys import MOST_PASSKEYS
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Passkey, UsedChallenge
from tests.api.account_people import PASSWORD, Owner, asked, changed, sign_in, who
from tests.api.authenticator import ATTESTED, USER_PRESENT, USER_VERIFIED, Authenticator, encode
from tests.api.error_bodies import cookies, refusal

OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("name_of", [str, str.upper, lambda _name: None], ids=["exact", "capitals", "alone"])
def test_a_passkey_signs_in_with_a_username_and_alone(erin: Owner, name_of: Callable[[str], str | None]) -> None:
    passkey = erin.add_passkey("Laptop")
    elsewhere = erin.new_browser()
    answer = sign_in(elsewhere, passkey, name_of(erin.name))
    assert answer.status_code == 200, answer.text
    assert cookies(answer)["chatToken"]["value"] == answer.headers["auth-token"]
    assert who(elsewhere) == erin.name
    (listed,) = erin.browser.get("/passkeys").get_json()["passkeys"]
    assert (listed["name"], listed["isBackedUp"], listed["id"]) == ("Laptop", False, encode(passkey.id))
    assert listed["createdAt"] <= listed["lastUsedAt"]
    assert ("passkey_added", {"name": "Laptop"}) in erin.audited()
    assert ("sign_in", {"method": "passkey"}) in erin.audited()


def test_the_question_is_the_same_for_everybody_and_names_no_passkey(erin: Owner) -> None:
    erin.add_passkey()
    options = asked(erin.new_browser())
    assert set(options) == {"challenge", "timeout", "rpId", "userVerification", "allowCredentials"}
    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")


def test_a_new_passkey_must_be_kept_and_verify_its_user(erin: Owner) -> None:
    first = erin.add_passkey()
    options = erin.browser.post("/passkeys/options", json={"password": PASSWORD}).get_json()["publicKey"]
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert options["attestation"] == "none"
    assert options["excludeCredentials"] == [
        {"id": encode(first.id), "type": "public-key", "transports": ["internal", "hybrid"]}
    ]
    assert options["user"]["id"] == encode(first.handle), "an authenticator must know them as those of one user"
    assert options["user"]["name"] == erin.name
    assert erin.name not in str(first.handle)


WRONG_ANSWERS: dict[str, dict[str, Any]] = {
    "a page of another origin": {"origin": "https://evil.example"},
    "a page of another port": {"origin": "http://localhost:9999"},
    "no origin": {"origin": None},
    "a frame of another site": {"cross_origin": True},
    "another domain": {"domain": "evil.example"},
    "a user who was not verified": {"flags": USER_PRESENT | ATTESTED},
    "a user who was not there": {"flags": USER_VERIFIED | ATTESTED},
    "the other ceremony": {"type": "webauthn.other"},
}


@pytest.mark.parametrize("wrong", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_adds_no_passkey(erin: Owner, wrong: dict[str, Any]) -> None:
    body = erin.new_passkey(Authenticator(), **wrong)
    refusal(erin.browser.post("/passkeys", json=body), 422, "passkey_invalid")
    assert erin.browser.get("/passkeys").get_json() == {"passkeys": [], "hasPassword": True}


@pytest.mark.parametrize("wrong", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_does_not_sign_in(erin: Owner, wrong: dict[str, Any]) -> None:
    passkey = erin.add_passkey()
    if "flags" in wrong:
        wrong = {"flags": wrong["flags"] & ~ATTESTED}
    elsewhere = erin.new_browser()
    refusal(sign_in(elsewhere, passkey, **wrong), 401, "passkey_refused")
    assert who(elsewhere) is None
    assert sign_in(elsewhere, passkey).status_code == 200, "the passkey itself is right"


def test_every_reason_to_refuse_a_passkey_is_answered_alike(erin: Owner, password_app: Flask) -> None:
    passkey, unknown = erin.add_passkey(), Authenticator()
    finn = Owner(password_app, "finn")
    elsewhere = erin.new_browser()
    answers = [
        sign_in(elsewhere, unknown),
        sign_in(elsewhere, passkey, finn.name),
        sign_in(elsewhere, passkey, "nobody"),
        sign_in(elsewhere, passkey, key=OTHER_KEY),
        sign_in(elsewhere, passkey, handle=b"somebody else"),
    ]
    bodies = [refusal(answer, 401, "passkey_refused") for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert ("sign_in_failed", {"method": "passkey"}) in erin.audited()
    assert sign_in(elsewhere, passkey, handle=b"").status_code == 200, "authenticators may leave it out"


def test_a_changed_byte_of_what_is_signed_is_noticed(erin: Owner) -> None:
    passkey = erin.add_passkey()
    elsewhere = erin.new_browser()
    for field in ("authenticatorData", "signature"):
        credential = passkey.get(asked(elsewhere))
        text = credential["response"][field]
        credential["response"][field] = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
        answer = elsewhere.post("/passkeys/sign-in", json={"credential": credential})
        refusal(answer, 401, "passkey_refused")


def test_a_removed_passkey_and_a_deactivated_account_do_not_sign_in(erin: Owner) -> None:
    lost, kept = erin.add_passkey("Phone"), erin.add_passkey("Laptop")
    assert erin.browser.delete(f"/passkeys/{encode(lost.id)}").status_code == 200
    elsewhere = erin.new_browser()
    removed = refusal(sign_in(elsewhere, lost), 401, "passkey_refused")
    assert sign_in(elsewhere, kept).status_code == 200
    administration.deactivate(erin.app.extensions["chatapp.journal"], OPERATOR, erin.name)
    assert refusal(sign_in(erin.new_browser(), kept), 401, "passkey_refused") == removed
    assert ("passkey_removed", {"name": "Phone"}) in erin.audited()


def test_an_answer_serves_once(erin: Owner) -> None:
    passkey = erin.add_passkey()
    elsewhere = erin.new_browser()
    body = {"credential": passkey.get(asked(elsewhere))}
    assert elsewhere.post("/passkeys/sign-in", json=body).status_code == 200
    refusal(elsewhere.post("/passkeys/sign-in", json=body), 409, "challenge_invalid")
    added = erin.new_passkey(Authenticator())
    assert erin.browser.post("/passkeys", json=added).status_code == 200
    refusal(erin.browser.post("/passkeys", json=added), 409, "challenge_invalid")


def test_of_many_repetitions_at_once_one_signs_in(erin: Owner) -> None:
    passkey = erin.add_passkey()
    elsewhere = erin.new_browser()
    body = {"credential": passkey.get(asked(elsewhere))}
    (cookie,) = [one for one in elsewhere._cookies.values() if one.key.startswith("passkeyBrowser")]

    def attempt(_number: int) -> int:
        browser = erin.new_browser()
        browser.set_cookie(cookie.key, cookie.value)
        return browser.post("/passkeys/sign-in", json=body).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(attempt, range(8))) == [200] + [409] * 7


def test_a_challenge_lasts_five_minutes(erin: Owner, shift_time: Callable[[timedelta], None]) -> None:
    passkey = erin.add_passkey()
    elsewhere = erin.new_browser()
    credential = passkey.get(asked(elsewhere))
    shift_time(LASTS)
    refusal(elsewhere.post("/passkeys/sign-in", json={"credential": credential}), 409, "challenge_invalid")
    shift_time(LASTS - timedelta(seconds=5))
    assert elsewhere.post("/passkeys/sign-in", json={"credential": credential}).status_code == 200


def test_a_challenge_is_for_the_browser_and_the_purpose_that_it_was_made_for(erin: Owner, password_app: Flask) -> None:
    passkey = erin.add_passkey()
    mine, other = erin.new_browser(), erin.new_browser()
    asked(other)
    credential = passkey.get(asked(mine))
    for browser in (other, erin.new_browser()):
        refusal(browser.post("/passkeys/sign-in", json={"credential": credential}), 409, "challenge_invalid")
    finn = Owner(password_app, "finn").signed_in()
    body = erin.new_passkey(Authenticator())
    refusal(finn.browser.post("/passkeys", json=body), 409, "challenge_invalid")
    swapped = passkey.get(asked(mine), challenge=body["credential"]["response"]["clientDataJSON"][:74])
    assert mine.post("/passkeys/sign-in", json={"credential": swapped}).status_code == 409
    options = erin.browser.post("/passkeys/options", json={"password": PASSWORD}).get_json()["publicKey"]
    swapped = passkey.get(asked(mine), challenge=options["challenge"])
    refusal(mine.post("/passkeys/sign-in", json={"credential": swapped}), 409, "challenge_invalid")
    assert mine.post("/passkeys/sign-in", json={"credential": credential}).status_code == 200


def test_the_markers_of_used_challenges_are_removed(erin: Owner) -> None:
    passkey = erin.add_passkey()
    with erin.app.app_context():
        erin.app.extensions["chatapp.journal"].write(
            lambda transaction: transaction.session.execute(update(UsedChallenge).values(expires_at=now() - 2 * LASTS))
        )
    assert sign_in(erin.new_browser(), passkey).status_code == 200
    with erin.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 1


def test_a_count_that_does_not_rise_is_refused_and_recorded(erin: Owner) -> None:
    passkey = erin.add_passkey()
    elsewhere = erin.new_browser()
    for count, status in ((0, 200), (0, 200), (7, 200), (7, 401), (6, 401), (0, 401), (8, 200)):
        passkey.count = count
        assert sign_in(elsewhere, passkey).status_code == status, count
    assert erin.audited().count(("passkey_copied", {"name": "Laptop"})) == 3


def test_a_passkey_is_renamed_and_belongs_to_its_user(erin: Owner, password_app: Flask) -> None:
    path = f"/passkeys/{encode(erin.add_passkey().id)}"
    finn = Owner(password_app, "finn").signed_in()
    answer = erin.browser.patch(path, json={"name": " Work laptop "})
    assert answer.get_json()["passkey"]["name"] == "Work laptop"
    for wrong in ("", " ", "x" * 101, "two\nlines", None, 7):
        refusal(erin.browser.patch(path, json={"name": wrong}), 422, "invalid_input")
    refusal(finn.browser.patch(path, json={"name": "Mine"}), 404, "not_found")
    refusal(finn.browser.delete(path), 404, "not_found")
    refusal(finn.browser.delete("/passkeys/unknown"), 404, "not_found")
    assert finn.browser.get("/passkeys").get_json() == {"passkeys": [], "hasPassword": True}
    assert [one["name"] for one in erin.browser.get("/passkeys").get_json()["passkeys"]] == ["Work laptop"]


def test_a_credential_is_added_once(erin: Owner, password_app: Flask) -> None:
    passkey = erin.add_passkey()
    finn = Owner(password_app, "finn").signed_in()
    for owner in (erin, finn):
        refusal(owner.browser.post("/passkeys", json=owner.new_passkey(passkey)), 422, "passkey_invalid")


def test_the_number_of_passkeys_is_limited(erin: Owner) -> None:
    for number in range(MOST_PASSKEYS - 1):
        erin.add_passkey(f"Key {number}")
    late = erin.new_passkey(Authenticator())
    erin.add_passkey("Last")
    refusal(erin.browser.post("/passkeys", json=late), 409, "limit_reached")
    refusal(erin.browser.post("/passkeys/options", json={"password": PASSWORD}), 409, "limit_reached")


def test_a_passkey_is_added_with_the_password_only(erin: Owner) -> None:
    refusal(erin.browser.post("/passkeys/options", json={}), 403, "confirmation_required")
    refusal(erin.browser.post("/passkeys/options", json={"password": "wrong"}), 403, "wrong_password")
    refusal(erin.new_browser().post("/passkeys/options", json={"password": PASSWORD}), 401, "not_signed_in")


def test_a_credential_is_known_by_the_id_that_the_authenticator_gave_it(erin: Owner) -> None:
    body = erin.new_passkey(Authenticator())
    other = encode(Authenticator().id)
    body["credential"] |= {"id": other, "rawId": other}
    refusal(erin.browser.post("/passkeys", json=body), 422, "passkey_invalid")


def test_a_transport_that_is_not_known_is_left_out(erin: Owner) -> None:
    body = erin.new_passkey(Authenticator())
    body["credential"] = changed(body["credential"], "transports", ["carrier-pigeon", "usb", "usb"])
    assert erin.browser.post("/passkeys", json=body).status_code == 200
    options = erin.browser.post("/passkeys/options", json={"password": PASSWORD}).get_json()["publicKey"]
    assert options["excludeCredentials"][0]["transports"] == ["usb"]


def test_other_formats_of_attestation_are_not_even_verified(erin: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    monkeypatch.setattr(webauthn, "verify_registration_response", lambda **given: verified.append(given))
    for name in ("tpm", "android-key", "android-safetynet", "apple", "fido-u2f", "unknown", 7):
        body = erin.new_passkey(Authenticator(), format=name)
        refusal(erin.browser.post("/passkeys", json=body), 422, "passkey_invalid")
    assert verified == []


def test_a_configured_domain_is_the_one_that_passkeys_are_for(make_app: Callable[..., Flask]) -> None:
    app = make_app(sign_in="password", passkey_domain="example.org", origins="https://chat.example.org")
    owner = Owner(app).signed_in()
    passkey = owner.add_passkey(origin="https://chat.example.org")
    browser = owner.new_browser()
    assert asked(browser)["rpId"] == "example.org"
    assert sign_in(browser, passkey, origin="https://chat.example.org").status_code == 200
    refusal(sign_in(browser, passkey, domain="localhost"), 401, "passkey_refused")


def test_the_cookie_of_the_browser_is_out_of_reach_of_scripts_and_other_sites(erin: Owner) -> None:
    answer = erin.new_browser().post("/passkeys/sign-in/options", base_url="https://localhost")
    ((name, cookie),) = cookies(answer).items()
    assert name.startswith("__Host-passkeyBrowser-")
    assert {"httponly", "secure"} <= set(cookie)
    assert cookie["samesite"] == "Strict"


def test_nothing_that_signs_in_is_in_the_database(erin: Owner) -> None:
    passkey = erin.add_passkey()
    secret = passkey.key.private_numbers().private_value.to_bytes(32)
    with erin.app.app_context():
        rows = db.session.execute(select(Passkey.__table__)).all()
    assert rows
    assert secret not in b"".join(row.public_key for row in rows)
