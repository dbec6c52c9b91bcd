"""Every route against every kind of caller. The routes are those of the application: one without an entry fails."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Session, User
from tests.api.error_bodies import refusal

OPEN = {
    *("GET /docs", "GET /healthz", "GET /openapi.json", "GET /readyz"),
    *("POST /email/confirm", "POST /forgot", "POST /invite", "POST /join", "POST /login", "POST /reset", "POST /setup"),
    *("POST /passkeys/join/options", "POST /passkeys/sign-in", "POST /passkeys/sign-in/options"),
    *("GET /oidc/<name>/callback", "POST /oidc/<name>/start"),
}
"""Before a sign-in."""

OWN = {
    *("GET /blocks", "PUT /block/<username>", "GET /conversations", "GET /groups/public", "GET /loggedIn"),
    *("POST /group", "POST /logout", "PATCH /password", "GET /picture/<picture_hash>", "GET /saved", "GET /scheduled"),
    *("PATCH /username", "POST /leave", "POST /export", "GET /email", "PUT /email", "DELETE /email"),
    *("GET /profile", "PATCH /profile", "PUT /profile/picture", "DELETE /profile/picture", "GET /search"),
    *("GET /passkeys", "POST /passkeys", "POST /passkeys/options", "PATCH /passkeys/<passkey_id>"),
    *("DELETE /passkeys/<passkey_id>", "GET /second-factor", "POST /second-factor", "DELETE /second-factor"),
    *("POST /second-factor/confirm", "POST /second-factor/recovery-codes", "GET /sessions", "DELETE /sessions"),
    *("DELETE /sessions/<session_id>", "GET /settings", "PATCH /settings", "GET /sync", "GET /threads", "GET /users"),
    *("PATCH /scheduled/<client_id>", "DELETE /scheduled/<client_id>", "POST /scheduled/<client_id>/send"),
}
"""About the caller alone, or what everybody sees. Ids are looked up among the caller's own."""

STAFF = {
    *("GET /admin/audit", "GET /admin/audit.csv", "GET /admin/audit.jsonl", "GET /admin/groups", "GET /admin/limits"),
    "GET /admin/retention",
    *("DELETE /admin/groups/<group_id>", "PUT /admin/groups/<group_id>/owner", "GET /admin/people"),
    *("GET /admin/invitations", "POST /admin/invitations", "DELETE /admin/invitations/<number>"),
    *("GET /admin/reports", "GET /admin/reports/<message_id>", "DELETE /admin/reports/<message_id>"),
    *("DELETE /admin/reports/<message_id>/message", "PUT /admin/people/<username>/suspension"),
    "DELETE /admin/people/<username>/suspension",
    *("PATCH /admin/people/<username>", "POST /admin/people/<username>/reset"),
    "POST /admin/people/<username>/removal",
    *("DELETE /admin/people/<username>/sessions", "PATCH /admin/installation"),
    *("GET /admin/bots", "POST /admin/bots", "PATCH /admin/bots/<username>", "GET /admin/bots/<username>/tokens"),
    *("POST /admin/bots/<username>/tokens", "DELETE /admin/bots/<username>/tokens/<token_id>"),
}
"""For administrators, and some for moderators: `test_administration.py` tries each role on each."""


@dataclass(frozen=True)
class Scene:
    """A private group of insiders with a message, a thread and a poll, and the direct conversation of two of them."""

    insider: str
    other: str
    group: str
    message: str
    thread: str
    poll: str
    private: str
    reply: str
    """What the other one said in the group."""


Call = Callable[[Scene], tuple[str, Any]]
"""Makes the path and the body of a request that an insider may send."""

FORBIDDEN: dict[str, Call] = {
    "GET /all/<username>": lambda scene: (f"/all/{scene.insider}", None),
    "GET /messages/<sender>/<receiver>": lambda scene: (f"/messages/{scene.insider}/{scene.other}", None),
    "POST /messages": lambda scene: ("/messages", {"receiver": scene.group, "group": True, "content": "let me in"}),
    "GET /pinned/<receiver>": lambda scene: (f"/pinned/{scene.group}?group=yes", None),
    "GET /receipts": lambda scene: (f"/receipts?receiver={scene.group}&group=yes&sequence=1", None),
    "PUT /draft": lambda scene: ("/draft", {"receiver": scene.group, "group": True, "content": "x"}),
    "PATCH /preferences": lambda scene: ("/preferences", {"receiver": scene.group, "group": True, "level": "none"}),
    "POST /scheduled": lambda scene: (
        "/scheduled",
        {
            "receiver": scene.group,
            "group": True,
            "content": "later",
            "clientId": "0b9f2f3c-8a50-4d4e-9d0a-0d1a2f1f7a12",
            "dueAt": (now() + timedelta(days=1)).isoformat(),
        },
    ),
    "POST /polls": lambda scene: (
        "/polls",
        {"receiver": scene.group, "group": True, "question": "In?", "options": ["yes", "no"]},
    ),
    "GET /group/<group_id>": lambda scene: (f"/group/{scene.group}", None),
    "PATCH /group/<group_id>": lambda scene: (f"/group/{scene.group}", {"groupName": "Mine"}),
    "GET /group/<group_id>/retention": lambda scene: (f"/group/{scene.group}/retention?days=1", None),
    "DELETE /group/<group_id>": lambda scene: (f"/group/{scene.group}", None),
    "POST /group/<group_id>/members": lambda scene: (
        f"/group/{scene.group}/members",
        {"users": [{"username": scene.other}]},
    ),
    "PUT /group/<group_id>/members/<username>": lambda scene: (
        f"/group/{scene.group}/members/{scene.other}",
        {"role": "owner"},
    ),
    "DELETE /group/<group_id>/members/<username>": lambda scene: (f"/group/{scene.group}/members/{scene.other}", None),
    "GET /groups/public/<group_id>": lambda scene: (f"/groups/public/{scene.group}", None),
    "POST /groups/public/<group_id>/join": lambda scene: (f"/groups/public/{scene.group}/join", {}),
    "PATCH /message/<message_id>": lambda scene: (f"/message/{scene.message}", {"content": "other words"}),
    "DELETE /message/<message_id>": lambda scene: (f"/message/{scene.message}", None),
    "POST /message/<message_id>/close": lambda scene: (f"/message/{scene.poll}/close", {}),
    "POST /message/<message_id>/forward": lambda scene: (
        f"/message/{scene.message}/forward",
        {"receiver": scene.other, "group": False},
    ),
    "GET /message/<message_id>/origin": lambda scene: (f"/message/{scene.message}/origin", None),
    "PUT /message/<message_id>/pin": lambda scene: (f"/message/{scene.message}/pin", {"on": True}),
    "POST /message/<message_id>/reactions": lambda scene: (f"/message/{scene.message}/reactions", {"emoji": "👍"}),
    "GET /message/<message_id>/reactions": lambda scene: (f"/message/{scene.message}/reactions?emoji=👍", None),
    "PUT /message/<message_id>/saved": lambda scene: (f"/message/{scene.message}/saved", {"on": True}),
    "POST /message/<message_id>/report": lambda scene: (f"/message/{scene.reply}/report", {"reason": "spam"}),
    "POST /message/<message_id>/thread": lambda scene: (f"/message/{scene.message}/thread", {}),
    "GET /message/<message_id>/versions": lambda scene: (f"/message/{scene.message}/versions", None),
    "PUT /message/<message_id>/vote": lambda scene: (f"/message/{scene.poll}/vote", {"options": [0]}),
    "GET /message/<message_id>/voters": lambda scene: (f"/message/{scene.poll}/voters?option=0", None),
    "PUT /thread/<thread_id>/following": lambda scene: (f"/thread/{scene.thread}/following", {"on": True}),
}
"""About a conversation, a message or a person's list that is not the caller's."""

SEEN_BY_FORMER = {"GET /all/<username>", "GET /messages/<sender>/<receiver>"}
"""Not about the group."""

_numbers = itertools.count(100)


def routes_of(app: Flask) -> dict[str, str]:
    """Every route under the prefix `/` but the web client's, with its method, and its endpoint."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/web/") and not rule.endpoint.startswith("web.")
    }


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
def cast(
    app: Flask, newcomers: Callable[[int], list[str]], browse: Callable[[str | None], Any]
) -> tuple[Scene, Callable[[str], Any]]:
    insider, other = newcomers(2)
    mine = browse(insider)
    users = [{"username": other}]
    group = mine.post("/group", json={"groupName": "Inside", "users": users}).get_json()["newGroup"]["groupId"]

    def sent(path: str, **body: Any) -> str:
        answer = mine.post(path, json={"receiver": group, "group": True, **body})
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        found: str = (body.get("response") or body["message"])["messageId"]
        return found

    message = sent("/messages", content="a secret of the insiders")
    poll = sent("/polls", question="Which?", options=["this", "that"])
    thread = mine.post(f"/message/{message}/thread", json={}).get_json()["thread"]["receiver"]
    private = mine.post("/messages", json={"receiver": other, "content": "a secret of two"}).get_json()["response"]
    said = browse(other).post("/messages", json={"receiver": group, "group": True, "content": "a secret, too"})
    reply = said.get_json()["response"]["messageId"]
    return Scene(insider, other, group, message, thread, poll, private["messageId"], reply), browse


def asked(browser: Any, route: str, scene: Scene) -> TestResponse:
    path, body = FORBIDDEN[route](scene)
    answer: TestResponse = browser.open(path, method=route.split(" ")[0], json=body)
    return answer


def test_an_insider_may_do_each_of_these(cast: tuple[Scene, Callable[[str], Any]]) -> None:
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


@pytest.mark.parametrize("kind", ["outsider", "former member"])
def test_who_is_not_in_it_sees_and_changes_nothing(
    cast: tuple[Scene, Callable[[str], Any]], newcomers: Callable[[int], list[str]], kind: str
) -> None:
    scene, browse = cast
    (name,) = newcomers(1)
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
