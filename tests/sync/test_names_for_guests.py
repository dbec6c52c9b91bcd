"""Which changes of usernames guests hear of: of those whom they see, and of former members whom they have read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import OPERATOR
from chatapp.actions.removal_steps import continue_removal
from chatapp.actions.removals import remove_person
from chatapp.actions.username_changes import change_username
from chatapp.models.user import GUEST
from tests.sync.test_removal import Person


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


@pytest.fixture
def guests(app: Flask) -> dict[str, Person]:
    """Connected guests. bob is with `inside` in a group, had left that of `later` before, and was never in another."""
    names = {"inside": "gina", "later": "gus", "outside": "greta"}
    add_users(app.extensions["chatapp.journal"], [NewUser(name, name.title(), role=GUEST) for name in names.values()])
    alice = Person(app, "alice")

    def group_of(*usernames: str, **details: Any) -> str:
        body = {"groupName": "Lunch", "users": [{"username": one} for one in usernames], **details}
        group_id: str = alice.http.post("/group", json=body).get_json()["newGroup"]["groupId"]
        return group_id

    group_of("bob", names["inside"])
    group_of(names["outside"])
    hidden = group_of("bob", sharesHistory=False)
    assert alice.http.delete(f"/group/{hidden}/members/bob").status_code == 200
    body = {"users": [{"username": names["later"]}]}
    assert alice.http.post(f"/group/{hidden}/members", json=body).status_code == 200
    return {kind: Person(app, name).connect() for kind, name in names.items()}


def remove_bob(app: Flask) -> None:
    journal = app.extensions["chatapp.journal"]
    with app.app_context():
        user_id = remove_person(journal, OPERATOR, "bob", erases=False)
    while continue_removal(journal, user_id):
        pass


def renamed_for(guests: dict[str, Person]) -> dict[str, list[dict[str, Any]]]:
    return {kind: one.http.get("/sync?names=0").get_json()["renamed"] for kind, one in guests.items()}


def test_guests_who_were_away_learn_that_somebody_was_removed_and_not_who(
    app: Flask, guests: dict[str, Person]
) -> None:
    remove_bob(app)
    assert renamed_for(guests) == {kind: [{"number": 1, "isRemoved": True}] for kind in guests}


def test_a_guest_who_was_away_learns_the_new_name_of_a_former_member(app: Flask, guests: dict[str, Person]) -> None:
    alice = Person(app, "alice")
    (group,) = (one["receiver"] for one in guests["inside"].http.get("/conversations").get_json()["conversations"])
    assert alice.http.delete(f"/group/{group}/members/bob").status_code == 200
    with app.app_context():
        change_username(app.extensions["chatapp.journal"], OPERATOR, "bob", "robert")
    told = {kind: [one["newUsername"] for one in renamed] for kind, renamed in renamed_for(guests).items()}
    assert told == {"inside": ["robert"], "later": [], "outside": []}


def test_a_process_that_hears_of_a_removal_after_its_last_step_tells_guests_of_it(
    app: Flask, guests: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when `chatapp users remove` has done everything before the process looks."""
    usernames = app.extensions["chatapp.dispatcher"].usernames
    with monkeypatch.context() as patch:
        patch.setattr(usernames, "changed", lambda: None)
        remove_bob(app)
    usernames.changed()
    told = {kind: [one["username"] for one in guest.received("usernameChanged")] for kind, guest in guests.items()}
    assert told == {"inside": ["bob"], "later": [], "outside": []}
