"""Every route against every kind of caller. The routes are those of the application: one without an entry fails."""

import itertools
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import select, update

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Session, User
from chatapp.models.user import GUEST, MEMBER
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.api.routes import FORBIDDEN, OPEN, OWN, STAFF, Scene, asked, new_scene, routes_of

Cast = tuple[Scene, Browse]
_numbers = itertools.count(100)


def test_every_route_has_an_entry(app: Flask) -> None:
    sets = (OPEN, OWN, STAFF, set(FORBIDDEN))
    assert set().union(*sets) == set(routes_of(app))
    assert sum(map(len, sets)) == len(routes_of(app)), "a route has two entries"


# 1. Who has no session.


@pytest.fixture
def tokens(password_app: Flask) -> dict[str, str]:
    """A token of each kind that signs nobody in, but `valid`, each of an account of its own."""
    names = {
        kind: f"caller{next(_numbers)}" for kind in ("valid", "revoked", "expired", "deactivated", "forged", "renamed")
    }
    journal = password_app.extensions["chatapp.journal"]
    add_users(journal, [NewUser(name, name, "", "a long enough phrase") for name in names.values()])
    found = {}
    for number, (kind, name) in enumerate(names.items()):
        body = {"username": name, "password": "a long enough phrase"}
        place = {"REMOTE_ADDR": f"127.1.{next(_numbers) % 250}.{number}"}
        answer = password_app.test_client().post("/login", json=body, environ_base=place)
        assert answer.status_code == 200, answer.text
        found[kind] = answer.headers["auth-token"]
    headers = {"auth-token": found["revoked"]}
    assert password_app.test_client().post("/logout", json={}, headers=headers).status_code == 200
    deactivate(journal, OPERATOR, names["deactivated"])
    with password_app.app_context():
        of_expired = select(User.id).where(User.username == names["expired"])
        expire = update(Session).where(Session.user_id == db.session.scalar(of_expired)).values(expires_at=now())
    journal.write(lambda transaction: transaction.session.execute(expire))
    claims = jwt.decode(found["forged"], options={"verify_signature": False})
    found["forged"] = jwt.encode(claims, "another key, of 32 characters at least")
    claims = jwt.decode(found["renamed"], options={"verify_signature": False})
    ring = password_app.extensions["chatapp.signing_keys"].current
    found["renamed"] = jwt.encode({**claims, "sub": names["valid"]}, ring.secret, headers={"kid": ring.kid})
    return found


@pytest.mark.parametrize("place", ["header", "bearer", "cookie"])
def test_nobody_without_a_session_gets_anything(password_app: Flask, tokens: dict[str, str], place: str) -> None:
    protected = [route for route in routes_of(password_app) if route not in OPEN]
    assert len(protected) > 60
    for kind, token in [("nobody", ""), *tokens.items()]:
        client = password_app.test_client()
        headers = {"header": {"auth-token": token}, "bearer": {"Authorization": f"Bearer {token}"}}.get(place, {})
        if place == "cookie":
            client.set_cookie("chatToken", token)
        for route in protected:
            method, path = route.split(" ")
            if kind == "valid":
                continue
            answer = client.open(path.replace("<", "").replace(">", ""), method=method, json={}, headers=headers)
            refusal(answer, 401, "not_signed_in")
    valid = {"header": {"auth-token": tokens["valid"]}, "bearer": {"Authorization": f"Bearer {tokens['valid']}"}}
    if place in valid:
        assert password_app.test_client().get("/loggedIn", headers=valid[place]).status_code == 200


# 2. Who has a session, but not this.


@pytest.fixture
def cast(newcomers: Callable[[int], list[str]], browse: Browse, make_group: Callable[..., str]) -> Cast:
    insider, other = newcomers(2)
    group = make_group(insider, other)
    return new_scene(browse(insider), browse(other), (insider, other), group), browse


def test_an_insider_may_do_each_of_these(cast: Cast) -> None:
    """Otherwise the next tests would be refused for another reason."""
    scene, browse = cast
    insider = browse(scene.insider)
    # A poll that is closed takes no votes.
    routes = sorted((route for route in FORBIDDEN if not route.startswith("DELETE")), key=lambda one: "/close" in one)
    answers = {route: asked(insider, route, scene) for route in routes}
    refused = {route: one.get_json()["error"]["code"] for route, one in answers.items() if one.status_code != 200}
    # A private group is in no directory, and nothing was forwarded.
    assert set(refused.values()) <= {"not_found"}, refused
    assert set(refused) <= {
        "GET /groups/public/<group_id>",
        "POST /groups/public/<group_id>/join",
        "GET /message/<message_id>/origin",
    }


@pytest.mark.parametrize("role", [MEMBER, GUEST])
@pytest.mark.parametrize("kind", ["outsider", "former member"])
def test_who_is_not_in_it_sees_and_changes_nothing(cast: Cast, person: Add, kind: str, role: str) -> None:
    scene, browse = cast
    name = person(role)
    insider = browse(scene.insider)
    if kind == "former member":
        members = f"/group/{scene.group}/members"
        assert insider.post(members, json={"users": [{"username": name}]}).status_code == 200
        assert insider.delete(f"{members}/{name}").status_code == 200
    before = _state(insider, scene)
    stranger = browse(name)
    for route in FORBIDDEN:
        answer = asked(stranger, route, scene)
        assert answer.status_code in (403, 404), (route, answer.text)
        assert "secret" not in answer.text, route
    found = stranger.get("/search?q=secret").get_json()
    assert found["hits"] == []
    assert "secret" not in stranger.get("/sync").get_data(as_text=True)
    assert _state(insider, scene) == before


def _state(insider: Any, scene: Scene) -> list[Any]:
    """What the insiders see of their conversations."""
    paths = (
        f"/messages/{scene.insider}/{scene.group}?group=yes",
        f"/messages/{scene.insider}/{scene.other}",
        f"/messages/{scene.insider}/{scene.thread}?group=yes",
        f"/pinned/{scene.group}?group=yes",
    )
    group = insider.get(f"/group/{scene.group}").get_json()
    return [insider.get(path).get_json() for path in paths] + [group["group"]["members"], group["group"]["groupName"]]
