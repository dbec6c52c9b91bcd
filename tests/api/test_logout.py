"""POST /logout: ends this session at once, everywhere, and no other session."""

from collections.abc import Callable

from flask import Flask

from tests.api.error_bodies import cookies, refusal
from tests.api.test_logged_in import token_of
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]


def test_the_token_is_401_after_logout(app: Flask, browse: Browse) -> None:
    alice = browse("alice")
    token = token_of(alice)
    assert alice.post("/logout").get_json() == {"response": "Signed out."}
    for headers in ({"auth-token": token}, {"Authorization": f"Bearer {token}"}, {"Cookie": f"chatToken={token}"}):
        refusal(app.test_client().get("/loggedIn", headers=headers), 401, "not_signed_in")


def test_the_cookies_are_taken_back_by_both_of_their_names(app: Flask, browse: Browse) -> None:
    alice, own = browse("alice"), app.extensions["chatapp.installation"]
    answer = alice.post("/logout")
    assert {name: (one["value"], one["path"]) for name, one in cookies(answer).items()} == {
        "chatToken": ("", "/"),
        "XSRF-TOKEN": ("", "/"),
        f"chatToken-{own}": ("", "/"),
        f"XSRF-TOKEN-{own}": ("", "/"),
    }
    assert alice.get_cookie("chatToken") is None


def test_other_sessions_of_the_user_stay_valid(browse: Browse) -> None:
    laptop, phone = browse("alice"), browse("alice")
    assert laptop.post("/logout").status_code == 200
    assert phone.get("/loggedIn").status_code == 200


def test_logout_needs_a_session(browse: Browse) -> None:
    refusal(browse(None).post("/logout"), 401, "not_signed_in")


def test_signing_out_twice_is_401_the_second_time(app: Flask, browse: Browse) -> None:
    headers = {"auth-token": token_of(browse("alice"))}
    assert app.test_client().post("/logout", headers=headers).status_code == 200
    refusal(app.test_client().post("/logout", headers=headers), 401, "not_signed_in")


def test_logout_by_get_is_refused(browse: Browse) -> None:
    alice = browse("alice")
    refusal(alice.get("/logout"), 405, "method_not_allowed")
    assert alice.get("/loggedIn").status_code == 200
