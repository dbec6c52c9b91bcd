"""GET and DELETE /sessions, PATCH /password: what a person sees of their sign-ins, and how they end them."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR, lines_after
from chatapp.actions.sessions import EXPIRED_KEPT, USE_NOTED_EVERY
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Session, User
from tests.api.error_bodies import cookies, refusal
from tests.conftest import Browser

_numbers = itertools.count(100)
FIRST, SECOND = "a long enough phrase", "another long phrase"


@pytest.fixture
def people(password_app: Flask) -> Callable[[str], "Account"]:
    """`people("erin")` is a new account with the password FIRST, of a name that no other test has."""
    password_app.test_client_class = Browser

    def make(name: str) -> Account:
        account = Account(password_app, f"{name}.session{next(_numbers)}")
        add_users(password_app.extensions["chatapp.journal"], [NewUser(account.name, name, "", FIRST)])
        return account

    return make


class Account:
    def __init__(self, app: Flask, name: str) -> None:
        self.app = app
        self.name = name

    def browser(self, password: str = FIRST, status: int = 200, device: str = "Firefox") -> Browser:
        client = self.app.test_client()
        assert isinstance(client, Browser)
        headers = {"User-Agent": device, "X-Forwarded-For": "203.0.113.7"}
        # Each attempt from an address of its own, since attempts are counted.
        place = {"REMOTE_ADDR": f"127.0.{next(_numbers) // 250}.{next(_numbers) % 250}"}
        body = {"username": self.name, "password": password}
        answer = client.post("/login", json=body, headers=headers, environ_base=place)
        assert answer.status_code == status, answer.text
        return client

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        """The kinds and details of what is recorded about this account."""
        with self.app.app_context():
            return [(line.kind, line.details) for line in lines_after(0) if line.target == self.name]


def sessions_of(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/sessions").get_json()["sessions"]
    return found


def test_a_person_sees_their_own_sessions_and_no_others(people: Callable[[str], Account]) -> None:
    erin, finn = people("erin"), people("finn")
    first, second, _ = erin.browser(device="Firefox on a laptop"), erin.browser(device="P" * 1_000), finn.browser()
    listed = sessions_of(second)
    assert [one["device"] for one in listed] == ["P" * 250, "Firefox on a laptop"]
    assert [one["current"] for one in listed] == [True, False]
    assert [one["current"] for one in sessions_of(first)] == [False, True]
    for one in listed:
        assert set(one) == {
            "id", "method", "device", "address", "createdAt", "lastUsedAt", "expiresAt", "current",
        }  # fmt: skip
        assert one["method"] == "password"
        assert one["address"].startswith("127.0."), "X-Forwarded-For counts behind a trusted proxy only"
        assert one["createdAt"] <= one["lastUsedAt"] < one["expiresAt"]


def test_a_person_ends_one_session(people: Callable[[str], Account]) -> None:
    erin = people("erin")
    lost, mine = erin.browser(), erin.browser()
    (there,) = [one["id"] for one in sessions_of(mine) if not one["current"]]
    assert mine.delete(f"/sessions/{there}").status_code == 200
    assert mine.delete(f"/sessions/{there}").status_code == 200, "a retry is harmless"
    refusal(lost.get("/loggedIn"), 401, "not_signed_in")
    assert len(sessions_of(mine)) == 1
    assert erin.audited().count(("session_ended", {"count": 1})) == 1


def test_nobody_ends_the_session_of_another(people: Callable[[str], Account]) -> None:
    erin, finn = people("erin").browser(), people("finn").browser()
    (theirs,) = [one["id"] for one in sessions_of(erin)]
    unknown = refusal(finn.delete("/sessions/nothing"), 404, "not_found")
    assert refusal(finn.delete(f"/sessions/{theirs}"), 404, "not_found") == unknown
    assert len(sessions_of(erin)) == 1


def test_all_other_sessions_end_at_once(people: Callable[[str], Account]) -> None:
    erin, finn = people("erin"), people("finn").browser()
    others, mine = [erin.browser(), erin.browser()], erin.browser()
    assert mine.delete("/sessions").get_json() == {"ended": 2}
    assert mine.delete("/sessions").get_json() == {"ended": 0}
    for other in others:
        refusal(other.get("/loggedIn"), 401, "not_signed_in")
    assert len(sessions_of(mine)) == len(sessions_of(finn)) == 1


def test_a_new_password_ends_all_sessions_and_begins_one(people: Callable[[str], Account]) -> None:
    erin = people("erin")
    other, mine = erin.browser(), erin.browser()
    stolen = mine.get_cookie("chatToken")
    assert stolen is not None
    answer = mine.patch("/password", json={"current": FIRST, "password": SECOND})
    assert answer.status_code == 200, answer.text
    assert cookies(answer)["chatToken"]["value"] == answer.headers["auth-token"] != stolen.value
    refusal(other.get("/loggedIn"), 401, "not_signed_in")
    thief = erin.app.test_client()
    refusal(thief.get("/loggedIn", headers={"auth-token": stolen.value}), 401, "not_signed_in")
    assert mine.get("/loggedIn").get_json()["username"] == erin.name
    erin.browser(FIRST, 401)
    erin.browser(SECOND)
    kinds = [kind for kind, _ in erin.audited()]
    assert kinds == ["account_added", "sign_in", "sign_in", "password_changed", "sign_in", "sign_in_failed", "sign_in"]


@pytest.mark.parametrize("current", [None, "", "wrong"])
def test_a_session_alone_changes_no_password(people: Callable[[str], Account], current: str | None) -> None:
    erin = people("erin")
    mine = erin.browser()
    answer = mine.patch("/password", json={"current": current, "password": SECOND})
    code, details = ("wrong_password", {}) if current else ("confirmation_required", {"by": "password"})
    assert refusal(answer, 403, code)["details"] == details
    erin.browser(FIRST)
    erin.browser(SECOND, 401)


def test_guessing_the_own_password_has_to_wait(people: Callable[[str], Account]) -> None:
    mine = people("erin").browser()
    for number in range(10):
        refusal(mine.patch("/password", json={"current": f"guess {number}", "password": SECOND}), 403, "wrong_password")
    refusal(mine.patch("/password", json={"current": "guess 11", "password": SECOND}), 403, "wrong_password")
    refusal(mine.patch("/password", json={"current": FIRST, "password": SECOND}), 429, "too_many_attempts")


def test_a_new_password_has_limits(people: Callable[[str], Account]) -> None:
    mine = people("erin").browser()
    for bad in ("short", "x" * 1_025, 7, None):
        refusal(mine.patch("/password", json={"current": FIRST, "password": bad}), 422, "invalid_input")


def test_an_account_without_a_password_gets_one_soon_after_the_sign_in(
    app: Flask, newcomers: Callable[[int], list[str]], browse: Callable[[str | None], Browser]
) -> None:
    (name,) = newcomers(1)
    browser = browse(name)
    _alter(app, name, created_at=now() - timedelta(minutes=11))
    assert refusal(browser.patch("/password", json={"password": FIRST}), 403, "confirmation_required")["details"] == {
        "by": "sign-in"
    }
    again = browse(name)
    assert again.patch("/password", json={"password": FIRST}).status_code == 200
    refusal(app.test_client().post("/login", json={"username": name}), 401, "wrong_credentials")


def test_the_last_use_is_noted_every_few_minutes(people: Callable[[str], Account]) -> None:
    erin = people("erin")
    browser = erin.browser()
    before = sessions_of(browser)[0]["lastUsedAt"]
    assert sessions_of(browser)[0]["lastUsedAt"] == before
    _alter(erin.app, erin.name, last_used_at=now() - USE_NOTED_EVERY - timedelta(seconds=1), address="192.0.2.1")
    browser.get("/sessions")
    erin.app.extensions["chatapp.journal"].write(lambda _transaction: None)
    (row,) = sessions_of(browser)
    assert (row["lastUsedAt"] > before, row["address"]) == (True, "127.0.0.1")


def test_rows_of_sessions_that_expired_long_ago_are_deleted(people: Callable[[str], Account]) -> None:
    erin = people("erin")
    erin.browser()
    _alter(erin.app, erin.name, expires_at=now() - EXPIRED_KEPT + timedelta(minutes=1))
    erin.browser()
    assert _count(erin) == 2
    _alter(erin.app, erin.name, expires_at=now() - EXPIRED_KEPT)
    erin.browser()
    assert _count(erin) == 1


def test_a_deactivated_account_has_no_session(people: Callable[[str], Account]) -> None:
    erin = people("erin")
    browser = erin.browser()
    deactivate(erin.app.extensions["chatapp.journal"], OPERATOR, erin.name)
    refusal(browser.get("/sessions"), 401, "not_signed_in")
    assert erin.audited()[-1][0] == "account_deactivated"


def _alter(app: Flask, name: str, **values: Any) -> None:
    with app.app_context():
        user_id = db.session.scalar(select(User.id).where(User.username == name))
    statement = update(Session).where(Session.user_id == user_id).values(values)
    app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(statement))


def _count(account: Account) -> int:
    query = select(func.count()).select_from(Session).join(User, User.id == Session.user_id)
    with account.app.app_context():
        count = db.session.scalar(query.where(User.username == account.name))
    assert count is not None
    return count
