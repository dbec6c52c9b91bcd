"""Guests: whom they see, at every door, and how somebody becomes one. A member at the same door sees everybody."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.administration import set_role
from chatapp.actions.audit import OPERATOR
from chatapp.models.user import ADMINISTRATOR, GUEST, MEMBER
from tests.api.account_people import PASSWORD, Owner
from tests.api.error_bodies import refusal
from tests.api.group_calls import say
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]


@dataclass
class Scene:
    """A guest in a group of `host`, who also leads a public group without them, and `stranger`."""

    guest: Browser
    member: Browser
    names: dict[str, str]
    group: str
    public: str


@pytest.fixture
def scene(app: Flask, browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]) -> Scene:
    host, stranger, member = newcomers(3)
    guest = f"guest.{host}"
    add_users(app.extensions["chatapp.journal"], [NewUser(guest, "Gus", role=GUEST)])
    group, public = make_group(host, guest, member), make_group(stranger, host, member)
    assert browse(stranger).patch(f"/group/{public}", json={"isPublic": True}).status_code == 200
    names = {"guest": guest, "host": host, "stranger": stranger, "member": member}
    return Scene(browse(guest), browse(member), names, group, public)


def listed(browser: Browser, name: str) -> dict[str, dict[str, Any]]:
    return {one["username"]: one for one in browser.get(f"/all/{name}").get_json()["users"]}


def test_a_guest_is_listed_the_people_of_their_conversations_and_a_member_everybody(
    browse: Browse, scene: Scene
) -> None:
    names = scene.names
    assert set(listed(scene.guest, names["guest"])) == {names["guest"], names["host"], names["member"]}
    seen = listed(scene.member, names["member"])
    assert set(names.values()) < set(seen)
    assert [name for name in names.values() if seen[name].get("isGuest")] == [names["guest"]]
    # Somebody writes to the guest, who sees them from then on.
    answer = browse(names["stranger"]).post("/messages", json={"receiver": names["guest"], "content": "hello"})
    assert answer.status_code == 200
    assert names["stranger"] in listed(scene.guest, names["guest"])
    # Who joins the group is seen, who leaves it is not, and neither is anybody by a guest who has left.
    (newcomer,) = (name for name in listed(scene.member, names["member"]) if name == "carol")
    members = f"/group/{scene.group}/members"
    assert browse(names["host"]).post(members, json={"users": [{"username": newcomer}]}).status_code == 200
    assert newcomer in listed(scene.guest, names["guest"])
    assert browse(names["host"]).delete(f"{members}/{newcomer}").status_code == 200
    assert newcomer not in listed(scene.guest, names["guest"])
    assert scene.guest.delete(f"{members}/{names['guest']}").status_code == 200
    assert set(listed(scene.guest, names["guest"])) == {names["guest"], names["stranger"]}


BY_NAME: dict[str, Callable[[Browser, str, str], Any]] = {
    "history": lambda browser, me, name: browser.get(f"/messages/{me}/{name}"),
    "send": lambda browser, _, name: browser.post("/messages", json={"receiver": name, "content": "psst"}),
    "poll": lambda browser, _, name: browser.post(
        "/polls", json={"receiver": name, "group": False, "question": "In?", "options": ["yes", "no"]}
    ),
    "draft": lambda browser, _, name: browser.put("/draft", json={"receiver": name, "group": False, "content": "x"}),
    "preferences": lambda browser, _, name: browser.patch(
        "/preferences", json={"receiver": name, "group": False, "level": "none"}
    ),
    "schedule": lambda browser, _, name: browser.post(
        "/scheduled",
        json={
            "receiver": name,
            "group": False,
            "content": "later",
            "clientId": "0b9f2f3c-8a50-4d4e-9d0a-0d1a2f1f7a13",
            "dueAt": "2027-01-01T00:00:00Z",
        },
    ),
    "pinned": lambda browser, _, name: browser.get(f"/pinned/{name}"),
    "receipts": lambda browser, _, name: browser.get(f"/receipts?receiver={name}&group=no&sequence=1"),
    "search from": lambda browser, _, name: browser.get("/search", query_string={"q": f"word from:{name}"}),
    "search in": lambda browser, _, name: browser.get("/search", query_string={"q": f"word in:{name}"}),
    "block": lambda browser, _, name: browser.put(f"/block/{name}", json={"on": True}),
}


@pytest.mark.parametrize("door", BY_NAME)
def test_whom_a_guest_does_not_see_does_not_exist_for_them(scene: Scene, door: str) -> None:
    call, names = BY_NAME[door], scene.names
    hidden = call(scene.guest, names["guest"], names["stranger"])
    missing = call(scene.guest, names["guest"], "nobody.at.all")
    assert (hidden.status_code, missing.status_code) == (404, 404), hidden.text
    assert hidden.text.replace(names["stranger"], "?") == missing.text.replace("nobody.at.all", "?")
    # The doors that are open to a member, and to the guest for whom they see.
    if door not in ("search in", "receipts"):
        assert call(scene.member, names["member"], names["stranger"]).status_code == 200
        assert call(scene.guest, names["guest"], names["host"]).status_code == 200


def test_a_guest_makes_and_finds_no_groups_and_adds_nobody(scene: Scene) -> None:
    names = scene.names
    for browser, is_allowed in ((scene.member, True), (scene.guest, False)):
        answers = [
            browser.post("/group", json={"groupName": "Mine", "users": []}),
            browser.get("/groups/public"),
            browser.get(f"/groups/public/{scene.public}"),
            browser.post(f"/groups/public/{scene.public}/join", json={}),
        ]
        assert [one.status_code for one in answers] == [200 if is_allowed else 403] * 4
    refusal(scene.guest.get("/groups/public/999999"), 403, "forbidden")
    body = {"users": [{"username": names["stranger"]}]}
    hidden = scene.guest.post(f"/group/{scene.group}/members", json=body)
    missing = scene.guest.post(f"/group/{scene.group}/members", json={"users": [{"username": "nobody.at.all"}]})
    assert hidden.text == missing.text
    refusal(hidden, 403, "forbidden")


def test_what_a_guest_reads_names_nobody_else(browse: Browse, scene: Scene) -> None:
    """Not their conversations, their sync, their search, nor who received and read what they said."""
    names = scene.names
    assert say(browse(names["host"]), scene.group, f"marmalade @{names['stranger']}").status_code == 200
    sent = say(scene.guest, scene.group, "marmalade of the guest").get_json()["response"]
    assert say(browse(names["stranger"]), scene.public, "marmalade in secret").status_code == 200
    forwarded = {"receiver": scene.public, "group": True}
    assert browse(names["host"]).post(f"/message/{sent['messageId']}/forward", json=forwarded).status_code == 200
    pages = [
        scene.guest.get("/conversations"),
        scene.guest.get("/sync"),
        scene.guest.get("/search?q=secret"),
        scene.guest.get(f"/group/{scene.group}"),
        scene.guest.get(f"/receipts?receiver={scene.group}&group=yes&sequence={sent['sequence']}"),
    ]
    for page in pages:
        assert page.status_code == 200, page.text
        # What somebody has typed stays as it is.
        assert names["stranger"] not in page.text.replace(f"@{names['stranger']}", ""), page.request.path
    assert "marmalade in secret" in scene.member.get("/search?q=secret").text
    message = next(one for one in scene.guest.get(f"/messages/{names['guest']}/{scene.group}?group=yes").get_json())
    assert "mentions" not in message, "An outsider is no mention"


def test_a_guest_gets_the_pictures_of_those_whom_they_see(browse: Browse, scene: Scene) -> None:
    file = io.BytesIO()
    colour = (scene.public.__hash__() % 200, 90, int(scene.public) % 200)
    Image.new("RGB", (300, 300), colour).save(file, "PNG")
    answer = browse(scene.names["stranger"]).put("/profile/picture", data=file.getvalue(), content_type="image/png")
    address = f"/picture/{answer.get_json()['profile']['picture']}"
    assert scene.member.get(address).status_code == 200
    assert scene.guest.get(address).text == scene.guest.get("/picture/" + "0" * 32).text
    refusal(scene.guest.get(address), 404, "not_found")
    body = {"users": [{"username": scene.names["stranger"]}]}
    added = browse(scene.names["host"]).post(f"/group/{scene.group}/members", json=body)
    assert added.status_code == 200
    assert scene.guest.get(address).status_code == 200


def test_who_was_blocked_while_seen_can_be_unblocked_later(browse: Browse, scene: Scene) -> None:
    host = scene.names["host"]
    assert scene.guest.put(f"/block/{host}", json={"on": True}).status_code == 200
    assert scene.guest.delete(f"/group/{scene.group}/members/{scene.names['guest']}").status_code == 200
    assert scene.guest.put(f"/block/{host}", json={"on": False}).status_code == 200


def test_a_member_who_becomes_a_guest_is_signed_out_and_leads_no_group(
    app: Flask, browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> None:
    owner, other = newcomers(2)
    group = make_group(owner, other)
    before = browse(owner)
    shown = before.get("/profile").get_json()["profile"]["profileRevision"]
    set_role(app.extensions["chatapp.journal"], OPERATOR, owner, GUEST)
    assert before.get("/loggedIn").status_code == 401
    guest = browse(owner)
    assert guest.get("/loggedIn").get_json()["role"] == GUEST
    profile = guest.get("/profile").get_json()["profile"]
    assert (profile["isGuest"], profile["profileRevision"]) == (True, shown + 1)
    assert guest.get(f"/group/{group}").get_json()["group"]["role"] == "member"
    refusal(guest.patch(f"/group/{group}", json={"isPublic": True}), 403, "forbidden")
    refusal(guest.delete(f"/group/{group}/members/{other}"), 403, "forbidden")
    # The group has no owner now. A guest cannot be appointed, and somebody else can.
    admin = f"admin.{owner}"
    add_users(app.extensions["chatapp.journal"], [NewUser(admin, "Ada", role=ADMINISTRATOR)])
    refusal(browse(admin).put(f"/admin/groups/{group}/owner", json={"username": owner}), 403, "forbidden")
    assert browse(admin).put(f"/admin/groups/{group}/owner", json={"username": other}).status_code == 200
    assert browse(admin).patch(f"/admin/people/{owner}", json={"role": MEMBER}).status_code == 200
    assert "isGuest" not in browse(owner).get("/profile").get_json()["profile"]


@pytest.mark.parametrize("joining", ["invite", "open"])
def test_who_joins_by_an_invitation_for_guests_is_a_guest_in_its_groups(
    password_app: Flask, joining: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, host = Owner(password_app, "ada"), Owner(password_app, "hans").signed_in()
    set_role(password_app.extensions["chatapp.journal"], OPERATOR, admin.name, ADMINISTRATOR)
    admin.signed_in()
    assert admin.browser.patch("/admin/installation", json={"joining": joining}).status_code == 200
    made = [host.browser.post("/group", json={"groupName": name, "users": []}) for name in ("Attic", "Cellar", "Barn")]
    groups = [one.get_json()["newGroup"]["groupId"] for one in made]
    refusal(admin.browser.post("/admin/invitations", json={"groups": ["999999"]}), 404, "not_found")
    invited = admin.browser.post("/admin/invitations", json={"uses": 2, "groups": groups[:2]}).get_json()
    shown = admin.browser.get("/admin/invitations").get_json()["invitations"][0]
    assert (shown["role"], shown["groups"]) == (GUEST, ["Attic", "Cellar"])

    def join(name: str) -> tuple[Browser, Any]:
        browser = admin.new_browser()
        body = {"username": name, "firstName": "Gus", "password": PASSWORD, "invite": invited["secret"]}
        return browser, browser.post("/join", json=body)

    guest, answer = join(f"gus.{joining}.{host.name}")
    assert answer.status_code == 200, answer.text
    assert guest.get("/loggedIn").get_json()["role"] == GUEST
    assert [one["name"] for one in guest.get("/conversations").get_json()["conversations"]][::-1] == ["Attic", "Cellar"]
    users = [one["username"] for one in guest.get("/users").get_json()["users"]]
    assert users == sorted([f"gus.{joining}.{host.name}", host.name])
    # Of the groups those count that are left; without any the invitation is of no use.
    assert host.browser.delete(f"/group/{groups[0]}").status_code == 200
    second, answer = join(f"gina.{joining}.{host.name}")
    assert [one["name"] for one in second.get("/conversations").get_json()["conversations"]] == ["Cellar"]
    more = admin.browser.post("/admin/invitations", json={"groups": groups[2:]}).get_json()
    assert host.browser.delete(f"/group/{groups[2]}").status_code == 200
    body = {"username": f"late.{host.name}", "firstName": "L", "password": PASSWORD, "invite": more["secret"]}
    refusal(admin.new_browser().post("/join", json=body), 403, "invite_invalid")
    assert admin.browser.patch("/admin/installation", json={"joining": "invite"}).status_code == 200
