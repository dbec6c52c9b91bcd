"""What counts towards the bytes that one person may store, and how nobody gets around it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

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
