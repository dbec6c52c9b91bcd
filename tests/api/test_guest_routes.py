"""Every route asked by a guest, and by a plain member at the same place: only the answers to REFUSED differ."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chatapp.clock import now
from chatapp.models.user import GUEST, MEMBER
from tests.api.account_people import PASSWORD, Owner
from tests.api.authenticator import Authenticator
from tests.api.error_bodies import refusal
from tests.api.routes import BODIES, FORBIDDEN, OWN, STAFF, Scene, asked, new_scene
from tests.conftest import Browser
from tests.pictures import RED, encoded, plain
from tests.uploads import add, begin

REFUSED = {
    *("POST /group", "GET /groups/public", "GET /groups/public/<group_id>", "POST /groups/public/<group_id>/join"),
    "PATCH /username",
}
"""What a member may do, and a guest may not."""

FOR_ADMINS = {
    *("PATCH /group/<group_id>", "DELETE /group/<group_id>", "POST /group/<group_id>/members"),
    *("PUT /group/<group_id>/members/<username>", "DELETE /group/<group_id>/members/<username>"),
    "GET /group/<group_id>/retention",
}
"""What a plain member of a group may not do, whatever their role in the whole system."""

NOTHING_FOUND = {
    *("GET /groups/public/<group_id>", "GET /message/<message_id>/origin", "GET /picture/<picture_hash>"),
    *("PATCH /passkeys/<passkey_id>", "DELETE /passkeys/<passkey_id>", "DELETE /sessions/<session_id>"),
    *("DELETE /second-factor", "POST /second-factor/recovery-codes"),
}
"""What answers a member with 404: the group is private, nothing was forwarded, and there are no such things."""

NOT_NOW = {"POST /second-factor/confirm": (422, "invalid_input"), "PUT /email": (409, "mail_off")}
"""What answers a member with another refusal: the code is wrong, and there is no mail server."""


@dataclass
class Inside:
    """The account of the scene's insider, who is a plain member of its group. `stranger`, whom a guest does not see,
    leads a public group that they are not in, and has changed their username."""

    account: Owner
    scene: Scene
    stranger: str
    public: str

    @property
    def browser(self) -> Browser:
        return self.account.browser

    def ask(self, route: str, path: str, body: Any = None) -> TestResponse:
        if route == "POST /uploads":
            created: TestResponse = begin(self.browser, 3)
            return created
        if route == "PATCH /uploads/<upload_id>":
            changed: TestResponse = add(self.browser, path, 0, b"abc")
            return changed
        if route == "PUT /profile/picture":
            return self.browser.put(path, data=encoded(plain(RED), "PNG"), content_type="image/png")
        return self.browser.open(path, method=route.split(" ")[0], json=body)


Enter = Callable[[str], Inside]


@pytest.fixture
def enter(password_app: Flask) -> Enter:
    """`enter("guest")` is a new account with a role, in a group of a host."""

    def entered(role: str) -> Inside:
        account = Owner(password_app, "zoe", role=role).signed_in()
        host, stranger = (Owner(password_app, name).signed_in() for name in ("hans", "secretive"))
        users = [{"username": account.name}]
        made = host.browser.post("/group", json={"groupName": "Inside", "users": users})
        group = made.get_json()["newGroup"]["groupId"]
        body = {"groupName": "In secret", "isPublic": True}
        public = stranger.browser.post("/group", json=body).get_json()["newGroup"]["groupId"]
        body = {"username": f"{stranger.name}.now", "password": PASSWORD}
        assert stranger.browser.patch("/username", json=body).status_code == 200
        scene = new_scene(account.browser, host.browser, (account.name, host.name), group)
        return Inside(account, scene, f"{stranger.name}.now", public)

    return entered


def _own_requests(inside: Inside) -> dict[str, tuple[str, Any]]:
    """The path and the body of a request for each route of OWN, in an order in which none takes what the next needs."""
    scene, ids = inside.scene, [f"0b9f2f3c-8a50-4d4e-9d0a-00000000000{number}" for number in (1, 2)]
    due = {"receiver": scene.group, "group": True, "content": "later", "dueAt": (now() + timedelta(days=1)).isoformat()}
    for client_id in ids:
        assert inside.browser.post("/scheduled", json={**due, "clientId": client_id}).status_code == 200
    password = {"password": PASSWORD}
    upload = begin(inside.browser, 3).headers["Location"]
    return {
        "GET /loggedIn": ("/loggedIn", None),
        "GET /users": ("/users", None),
        "GET /conversations": ("/conversations", None),
        "GET /sync": ("/sync?names=0", None),
        "GET /threads": ("/threads", None),
        "GET /search": ("/search?q=secret", None),
        "GET /groups/public": ("/groups/public", None),
        "POST /group": ("/group", {"groupName": "Mine", "users": [{"username": scene.other}]}),
        "PUT /block/<username>": (f"/block/{scene.other}", {"on": False}),
        "GET /blocks": ("/blocks", None),
        "GET /saved": ("/saved", None),
        "GET /scheduled": ("/scheduled", None),
        "PATCH /scheduled/<client_id>": (f"/scheduled/{ids[0]}", {"content": "changed"}),
        "POST /scheduled/<client_id>/send": (f"/scheduled/{ids[0]}/send", {}),
        "DELETE /scheduled/<client_id>": (f"/scheduled/{ids[1]}", None),
        "GET /uploads": ("/uploads", None),
        "POST /uploads": ("/uploads", None),
        "PATCH /uploads/<upload_id>": (upload, None),
        "GET /uploads/<upload_id>": (upload, None),
        "DELETE /uploads/<upload_id>": (upload, None),
        "GET /settings": ("/settings", None),
        "PATCH /settings": ("/settings", {"sharesReads": True}),
        "GET /profile": ("/profile", None),
        "PATCH /profile": ("/profile", {"statusText": "here"}),
        "PUT /profile/picture": ("/profile/picture", None),
        "DELETE /profile/picture": ("/profile/picture", None),
        "GET /picture/<picture_hash>": ("/picture/" + "0" * 32, None),
        "GET /email": ("/email", None),
        "PUT /email": ("/email", {"email": "zoe@example.org", **password}),
        "DELETE /email": ("/email", password),
        "GET /passkeys": ("/passkeys", None),
        "POST /passkeys": ("/passkeys", inside.account.new_passkey(Authenticator())),
        "POST /passkeys/options": ("/passkeys/options", password),
        "PATCH /passkeys/<passkey_id>": ("/passkeys/999999", {"name": "Phone"}),
        "DELETE /passkeys/<passkey_id>": ("/passkeys/999999", None),
        "GET /second-factor": ("/second-factor", None),
        "POST /second-factor": ("/second-factor", password),
        "POST /second-factor/confirm": ("/second-factor/confirm", {"code": "000000"}),
        "POST /second-factor/recovery-codes": ("/second-factor/recovery-codes", password),
        "DELETE /second-factor": ("/second-factor", password),
        "GET /sessions": ("/sessions", None),
        "DELETE /sessions/<session_id>": ("/sessions/none", None),
        "DELETE /sessions": ("/sessions", None),
        "POST /export": ("/export", password),
        "POST /logout": ("/logout", {}),
        "PATCH /password": ("/password", {"current": PASSWORD, **password}),
        "PATCH /username": ("/username", {"username": f"{scene.insider}.new", **password}),
        "POST /leave": ("/leave", {**BODIES["POST /leave"], **password}),
    }


def _outcome(answer: TestResponse) -> tuple[int, str | None]:
    if answer.status_code in (200, 201, 204):
        return 200, None
    return answer.status_code, answer.get_json()["error"]["code"]


def _expected(route: str, role: str) -> tuple[int, str | None]:
    if route in FOR_ADMINS or (role == GUEST and route in REFUSED):
        return 403, "forbidden"
    if route in NOTHING_FOUND:
        return 404, "not_found"
    return NOT_NOW.get(route, (200, None))


@pytest.mark.parametrize("role", [MEMBER, GUEST])
def test_a_guest_does_for_themselves_what_a_member_does(enter: Enter, role: str) -> None:
    inside = enter(role)
    requests = _own_requests(inside)
    assert set(requests) == OWN
    named = set()
    for route, (path, body) in requests.items():
        answer = inside.ask(route, path, body)
        assert _outcome(answer) == _expected(route, role), (route, answer.text)
        if b"secretive" in answer.data or b"In secret" in answer.data:
            named.add(route)
        if route == "POST /logout":
            inside.account.signed_in()
    seen_by_members = {"GET /users", "GET /sync", "GET /groups/public"}
    assert named == (seen_by_members if role == MEMBER else set())


@pytest.mark.parametrize("role", [MEMBER, GUEST])
def test_a_guest_does_in_a_group_what_a_member_does(enter: Enter, role: str) -> None:
    inside = enter(role)
    # A poll that is closed takes no votes, and a deleted message nothing.
    ends = ("POST /message/<message_id>/close", "DELETE /message/<message_id>")
    for route in sorted(FORBIDDEN, key=lambda one: one in ends):
        answer = asked(inside.browser, route, inside.scene)
        assert _outcome(answer) == _expected(route, role), (route, answer.text)
    mine = f"/group/{inside.scene.group}/members/{inside.scene.insider}"
    assert inside.browser.delete(mine).status_code == 200, "everybody may leave"


def test_a_public_group_is_for_members_alone(enter: Enter) -> None:
    for role in (MEMBER, GUEST):
        inside = enter(role)
        scene = replace(inside.scene, group=inside.public)
        for route in sorted(REFUSED & set(FORBIDDEN)):
            expected = (200, None) if role == MEMBER else (403, "forbidden")
            assert _outcome(asked(inside.browser, route, scene)) == expected, route


@pytest.mark.parametrize("role", [MEMBER, GUEST])
def test_neither_members_nor_guests_reach_the_administration(enter: Enter, role: str) -> None:
    inside = enter(role)
    scene, stranger = inside.scene, inside.stranger
    real = {"group_id": scene.group, "message_id": scene.reply, "username": stranger, "number": 1, "token_id": "x" * 36}
    for route in sorted(STAFF):
        path = route.split(" ")[1]
        for name, value in real.items():
            path = path.replace(f"<{name}>", str(value))
        refusal(inside.ask(route, path, BODIES.get(route, {})), 403, "forbidden")


def test_a_guest_does_not_learn_from_any_route_who_exists(enter: Enter) -> None:
    """Whoever they name, the answer is the same for a person whom they do not see and for nobody."""
    inside, missing = enter(GUEST), "nobody.at.all"
    tried = set()
    for route, place in itertools.product(sorted(FORBIDDEN), ("insider", "other")):
        requests = [replace(inside.scene, **{place: name}) for name in (inside.stranger, missing)]
        if missing not in str(FORBIDDEN[route](requests[1])):
            continue
        hidden, unknown = (asked(inside.browser, route, one) for one in requests)
        assert hidden.status_code == unknown.status_code in (403, 404), route
        assert hidden.text.replace(inside.stranger, "?") == unknown.text.replace(missing, "?"), route
        tried.add(route)
    assert tried == {
        *("GET /all/<username>", "GET /messages/<sender>/<receiver>", "POST /message/<message_id>/forward"),
        *(route for route in FOR_ADMINS if "/members" in route),
    }
