"""Suspended and banned people: their sessions end, and they do not sign in by any method until it is over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import OPERATOR
from chatapp.actions.password_resets import add_reset
from chatapp.actions.suspensions import lift, suspend
from chatapp.errors import LastAdministrator
from tests.api.account_people import PASSWORD, Owner, other_address, sign_in, who
from tests.api.error_bodies import refusal
from tests.conftest import Browser

DAY = timedelta(days=1)
ShiftTime = Callable[[timedelta], None]


def test_each_method_is_refused_after_the_right_credentials_only_until_it_ends(
    erin: Owner, shift_time: ShiftTime
) -> None:
    erin.signed_in()
    passkey = erin.add_passkey()
    laptop, journal = erin.browser, erin.app.extensions["chatapp.journal"]
    suspend(journal, OPERATOR, erin.name, DAY, "rude")
    assert who(laptop) is None

    until = refusal(erin.log_in(), 403, "account_suspended")["details"]["until"]
    assert until is not None
    refusal(erin.log_in("wrong"), 401, "wrong_credentials")
    refusal(sign_in(erin.new_browser(), passkey), 403, "account_suspended")
    refusal(sign_in(erin.new_browser(), passkey, "somebody"), 401, "passkey_refused")
    with erin.app.app_context():
        secret = add_reset(journal, OPERATOR, erin.name).secret
    body = {"secret": secret, "password": "another long phrase"}
    place = {"REMOTE_ADDR": other_address()}
    refusal(erin.new_browser().post("/reset", json=body, environ_base=place), 403, "account_suspended")

    suspend(journal, OPERATOR, erin.name, None, "very rude")
    assert refusal(erin.log_in(), 403, "account_suspended")["details"]["until"] is None
    lift(journal, OPERATOR, erin.name)
    lift(journal, OPERATOR, erin.name)
    assert erin.log_in().status_code == 200
    assert [kind for kind, _ in erin.audited()].count("suspension_lifted") == 1

    suspend(journal, OPERATOR, erin.name, DAY, "")
    assert who(erin.browser) is None
    shift_time(DAY + timedelta(seconds=1))
    assert erin.log_in(PASSWORD).status_code == 200


def test_a_name_alone_and_the_last_administrator_and_oneself(
    app: Flask, browse: Callable[[str | None], Browser], make_app: Callable[..., Flask]
) -> None:
    journal = app.extensions["chatapp.journal"]
    add_users(journal, [NewUser("root.susp", "Root", role="administrator"), NewUser("frank.susp", "Frank")])
    root = browse("root.susp")
    frank = browse("frank.susp")
    path = "/admin/people/frank.susp/suspension"
    refusal(root.put("/admin/people/root.susp/suspension", json={"hours": 1}), 422, "invalid_input")
    refusal(root.put(path, json={"hours": 0}), 422, "invalid_input")
    refusal(root.put(path, json={}), 422, "invalid_input")
    assert root.put(path, json={"hours": 2, "reason": "rude"}).status_code == 200
    refusal(frank.get("/loggedIn"), 401, "not_signed_in")
    refusal(browse(None).post("/login", json={"username": "frank.susp"}), 403, "account_suspended")
    (shown,) = root.get("/admin/people?search=frank.susp").get_json()["people"]
    assert shown["suspension"]["reason"] == "rude"
    assert root.delete(path).status_code == 200
    assert browse(None).post("/login", json={"username": "frank.susp"}).status_code == 200

    alone = make_app()
    journal = alone.extensions["chatapp.journal"]
    add_users(journal, [NewUser("one", "One", role="administrator"), NewUser("two", "Two", role="administrator")])
    suspend(journal, OPERATOR, "one", DAY, "")
    with pytest.raises(LastAdministrator):
        suspend(journal, OPERATOR, "two", DAY, "")
