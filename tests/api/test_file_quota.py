"""What counts towards the bytes that one person may store, and how nobody gets around it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import set_role
from chatapp.actions.audit import OPERATOR
from chatapp.models.user import GUEST, MEMBER
from tests.api.senders import error_of, sent, sign_in
from tests.conftest import Browser
from tests.uploads import begin, upload

QUOTA_BYTES = 100


@pytest.fixture
def small(make_app: Callable[..., Flask]) -> Flask:
    return make_app(user_file_bytes=QUOTA_BYTES)


def forward(browser: Browser, message: dict[str, Any], receiver: str) -> Any:
    return browser.post(f"/message/{message['messageId']}/forward", json={"receiver": receiver, "group": False})


def test_the_files_of_others_cannot_be_kept_beyond_the_quota(small: Flask) -> None:
    alice, bob = sign_in(small, "alice"), sign_in(small, "bob")
    first = sent(alice, "bob", upload(alice, b"a" * 60))
    assert forward(bob, first, "bob").status_code == 200
    assert alice.delete(f"/message/{first['messageId']}").status_code == 200
    second = sent(alice, "bob", upload(alice, b"b" * 60))
    answer = forward(bob, second, "bob")
    assert answer.status_code == 413
    assert (error_of(answer)["code"], error_of(answer)["details"]) == ("quota_exceeded", {"limit": 100, "used": 60})
    assert begin(bob, 41).status_code == 413
    third = sent(alice, "bob", upload(alice, b"c" * 40))
    assert forward(bob, third, "bob").status_code == 200


def test_a_guest_may_store_less_than_a_member(make_app: Callable[..., Flask]) -> None:
    app = make_app(user_file_bytes=QUOTA_BYTES, guest_file_bytes=50)
    add_users(app.extensions["chatapp.journal"], [NewUser("gus", "Gus", role=GUEST)])
    alice, gus = sign_in(app, "alice"), sign_in(app, "gus")
    assert [browser.get("/uploads").get_json()["limits"]["quotaBytes"] for browser in (alice, gus)] == [100, 50]
    message = sent(alice, "gus", upload(alice, b"a" * 51))
    answers = [begin(gus, 51), forward(gus, message, "alice")]
    for answer in answers:
        assert answer.status_code == 413
        assert (error_of(answer)["code"], error_of(answer)["details"]) == ("quota_exceeded", {"limit": 50, "used": 0})
    sent(gus, "alice", upload(gus, b"b" * 50))
    assert begin(alice, 49).status_code == 201
    with app.app_context():
        set_role(app.extensions["chatapp.journal"], OPERATOR, "gus", MEMBER)
    assert begin(sign_in(app, "gus"), 50).status_code == 201


def test_the_quota_of_guests_is_that_of_members_unless_it_is_set(small: Flask) -> None:
    add_users(small.extensions["chatapp.journal"], [NewUser("gus", "Gus", role=GUEST)])
    gus = sign_in(small, "gus")
    assert gus.get("/uploads").get_json()["limits"]["quotaBytes"] == QUOTA_BYTES
    assert begin(gus, QUOTA_BYTES + 1).status_code == 413


def test_a_text_is_forwarded_whatever_the_quota_and_a_retry_succeeds(small: Flask) -> None:
    alice, bob = sign_in(small, "alice"), sign_in(small, "bob")
    message = sent(alice, "bob", upload(alice, b"a" * 60))
    body = {"receiver": "bob", "group": False, "clientId": "6f0cbd1c-9a4c-4a5c-bb0c-3a6b1f0a9b11"}
    path = f"/message/{message['messageId']}/forward"
    copies = [bob.post(path, json=body) for _ in range(2)]
    assert [copy.status_code for copy in copies] == [200, 200]
    assert copies[0].get_json()["response"]["messageId"] == copies[1].get_json()["response"]["messageId"]
    text = sent(alice, "bob", content="words")
    assert forward(bob, text, "bob").status_code == 200
