"""Joining with a passkey in place of a password."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from chatapp.actions import invites
from chatapp.actions.audit import OPERATOR
from chatapp.actions.confirmation import RECENT
from chatapp.extensions import db
from chatapp.models import User
from tests.api.account_people import PASSWORD, Owner, sign_in, who
from tests.api.authenticator import Authenticator, encode
from tests.api.error_bodies import refusal
from tests.conftest import Browser


def join(app: Flask, browser: Browser, authenticator: Authenticator, username: str, **changes: Any) -> Any:
    with app.app_context():
        invite = invites.add_invite(app.extensions["chatapp.journal"], OPERATOR, 1, timedelta(days=1)).secret
    account = {"username": username, "firstName": "Gina", "lastName": "", "invite": invite}
    options = browser.post("/passkeys/join/options", json=account)
    assert options.status_code == 200, options.text
    passkey = {"name": "Phone", "credential": authenticator.create(options.get_json()["publicKey"], **changes)}
    return browser.post("/join", json={**account, "passkey": passkey, **changes.get("body", {})})


def test_who_is_invited_joins_with_a_passkey_in_place_of_a_password(
    erin: Owner, shift_time: Callable[[timedelta], None]
) -> None:
    phone, browser, name = Authenticator(), erin.new_browser(), f"gina-{erin.name}"
    assert join(erin.app, browser, phone, name).status_code == 200
    assert who(browser) == name
    elsewhere = erin.new_browser()
    assert sign_in(elsewhere, phone).status_code == 200
    body = {"username": name, "password": PASSWORD}
    refusal(erin.new_browser().post("/login", json=body), 401, "wrong_credentials")

    path = f"/passkeys/{encode(phone.id)}"
    refusal(elsewhere.delete(path), 409, "last_way_in")
    shift_time(RECENT)
    refused = refusal(elsewhere.post("/passkeys/options", json={}), 403, "confirmation_required")
    assert refused["details"] == {"by": "sign-in"}
    shift_time(timedelta())
    options = elsewhere.post("/passkeys/options", json={}).get_json()["publicKey"]
    laptop = Authenticator()
    added = {"name": "Laptop", "credential": laptop.create(options)}
    assert elsewhere.post("/passkeys", json=added).status_code == 200
    assert laptop.handle == phone.handle
    assert elsewhere.delete(path).status_code == 200
    refusal(sign_in(erin.new_browser(), phone), 401, "passkey_refused")
    assert sign_in(erin.new_browser(), laptop).status_code == 200


def test_a_wrong_passkey_makes_no_account(erin: Owner) -> None:
    for name, changes, status in (
        ("wrongdomain", {"domain": "evil.example"}, 422),
        ("wrongname", {"body": {"username": "anothername"}}, 409),
        ("bothways", {"body": {"password": PASSWORD}}, 422),
    ):
        browser = erin.new_browser()
        assert join(erin.app, browser, Authenticator(), name, **changes).status_code == status
        assert who(browser) is None
    with erin.app.app_context():
        assert db.session.scalar(select(User.id).where(User.username.in_(["wrongdomain", "anothername"]))) is None


def test_only_who_is_invited_is_asked_for_a_passkey(erin: Owner) -> None:
    body = {"username": "hugo", "firstName": "Hugo", "invite": "unknown"}
    refusal(erin.new_browser().post("/passkeys/join/options", json=body), 403, "invite_invalid")
