"""Reports of messages: who reports, what moderators see of the conversation and when, and how a report ends."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import lines_after
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
_numbers = itertools.count(1)


class Scene:
    """alice has said thirteen things to bob, of which he may report the seventh. A moderator is in none of it."""

    def __init__(self, app: Flask, browse: Browse) -> None:
        number = next(_numbers)
        self.app = app
        roles = {"alice": "member", "bob": "member", "mod": "moderator", "chief": "administrator", "mallory": "member"}
        self.names = {name: f"{name}.reports{number}" for name in roles}
        users = [NewUser(self.names[name], name.title(), role=role) for name, role in roles.items()]
        add_users(app.extensions["chatapp.journal"], users)
        self.alice, self.bob, self.mod, self.chief, self.mallory = (browse(name) for name in self.names.values())
        ids = [self.say(self.alice, "bob", f"word {index}") for index in range(1, 14)]
        self.reported, self.path = ids[6], f"/admin/reports/{ids[6]}"

    def say(self, author: Browser, receiver: str, content: str) -> str:
        answer = author.post("/messages", json={"receiver": self.names[receiver], "content": content})
        found: str = answer.get_json()["response"]["messageId"]
        return found

    def report(self, browser: Browser, message_id: str = "", **body: Any) -> Any:
        path = f"/message/{message_id or self.reported}/report"
        return browser.post(path, json={"reason": "harassment", **body})

    def recorded(self) -> list[tuple[str, str]]:
        with self.app.app_context():
            return [(one.kind, one.actor) for one in lines_after(0) if one.target == self.names["alice"]]


@pytest.fixture
def scene(app: Flask, browse: Browse) -> Scene:
    return Scene(app, browse)


def test_the_text_survives_edit_and_deletion_and_goes_with_the_report(scene: Scene) -> None:
    mine = scene.names
    answers = [scene.report(scene.bob, comment="see?"), scene.report(scene.bob, reason="spam")]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert scene.alice.patch(f"/message/{scene.reported}", json={"content": "harmless"}).status_code == 200
    (listed,) = [
        one for one in scene.mod.get("/admin/reports").get_json()["messages"] if one["messageId"] == scene.reported
    ]
    assert (listed["author"], listed["content"], listed["reports"]) == (mine["alice"], "word 7", 1)
    assert scene.alice.delete(f"/message/{scene.reported}").status_code == 200
    refusal(scene.report(scene.alice), 422, "invalid_input")

    opened = scene.mod.get(scene.path).get_json()
    assert [one["sequence"] for one in opened["context"]] == list(range(2, 13)), "five before and after"
    assert opened["context"][5] | {"at": ""} == {
        "sequence": 7,
        "sender": mine["alice"],
        "content": "",
        "at": "",
        "isDeleted": True,
    }
    (report,) = opened["reports"]
    assert (report["content"], report["comment"], report["reporter"]) == ("word 7", "see?", mine["bob"])
    assert opened["place"] == {"isThread": False, "name": "", "usernames": sorted([mine["alice"], mine["bob"]])}
    assert scene.mod.delete(scene.path + "/message").status_code == 200
    refusal(scene.mod.get(scene.path), 404, "not_found")
    assert scene.report(scene.bob).status_code == 200, "a repeat is answered alike"
    refusal(scene.mod.get(scene.path), 404, "not_found")
    expected = [("message_reported", mine["bob"]), ("report_opened", mine["mod"]), ("message_removed", mine["mod"])]
    assert [one for one in scene.recorded() if one[0] in dict(expected)] == expected


def test_a_moderator_sees_nothing_but_the_context_of_an_open_report(scene: Scene) -> None:
    refusal(scene.mod.get(scene.path), 404, "not_found")
    assert scene.report(scene.bob).status_code == 200
    for stranger in (scene.mallory, scene.alice, scene.bob):
        for answer in (stranger.get(scene.path), stranger.get("/admin/reports"), stranger.delete(scene.path)):
            refusal(answer, 403, "forbidden")
    refusal(scene.mod.get(f"/message/{scene.reported}/versions"), 404, "not_found")
    refusal(scene.mod.get(f"/admin/reports/{scene.reported.split('-')[0]}-6"), 404, "not_found")
    refusal(scene.report(scene.mallory), 404, "not_found")
    refusal(scene.report(scene.bob, "1-0"), 404, "not_found")
    refusal(scene.report(scene.bob, reason="dull"), 422, "invalid_input")
    refusal(scene.report(scene.bob, comment="x" * 1_001), 422, "invalid_input")
    assert scene.mod.delete(scene.path).status_code == 200
    refusal(scene.mod.delete(scene.path), 404, "not_found")
    (stays,) = [
        one
        for one in scene.bob.get(f"/messages/{scene.names['bob']}/{scene.names['alice']}").get_json()
        if one["messageId"] == scene.reported
    ]
    assert stays["content"] == "word 7"


def test_the_members_of_a_private_conversation_see_the_stone_of_a_removed_message(scene: Scene) -> None:
    assert scene.report(scene.bob).status_code == 200
    assert scene.mod.delete(scene.path + "/message").status_code == 200
    for reader, other in ((scene.bob, "alice"), (scene.alice, "bob")):
        own = scene.names["bob" if other == "alice" else "alice"]
        found = reader.get(f"/messages/{own}/{scene.names[other]}").get_json()
        (stone,) = [one for one in found if one["messageId"] == scene.reported]
        assert (stone["content"], stone["deletedBy"]) == ("", scene.names["mod"])


def test_reports_about_staff_are_for_administrators_and_about_oneself_for_nobody(scene: Scene) -> None:
    of_mod, of_chief = scene.say(scene.mod, "bob", "rude"), scene.say(scene.chief, "bob", "ruder")
    for message_id in (of_mod, of_chief):
        assert scene.report(scene.bob, message_id).status_code == 200
        for door in (scene.mod.get, scene.mod.delete):
            refusal(door(f"/admin/reports/{message_id}"), 404, "not_found")
        refusal(scene.mod.delete(f"/admin/reports/{message_id}/message"), 404, "not_found")
    refusal(scene.chief.get(f"/admin/reports/{of_chief}"), 404, "not_found")
    assert scene.chief.get(f"/admin/reports/{of_mod}").status_code == 200
    shown = {one["messageId"] for one in scene.chief.get("/admin/reports").get_json()["messages"]}
    assert of_mod in shown
    assert of_chief not in shown


def test_a_reader_of_a_thread_and_a_member_of_a_group_report(scene: Scene) -> None:
    users = [{"username": scene.names[name]} for name in ("bob", "mallory")]
    group = scene.alice.post("/group", json={"groupName": "Reported", "users": users}).get_json()["newGroup"]["groupId"]

    def said(receiver: str, content: str) -> str:
        body = {"receiver": receiver, "group": True, "content": content}
        found: str = scene.alice.post("/messages", json=body).get_json()["response"]["messageId"]
        return found

    root = said(group, "root")
    thread = scene.alice.post(f"/message/{root}/thread", json={}).get_json()["thread"]["receiver"]
    inside = said(thread, "in the thread")
    assert scene.report(scene.mallory, root).status_code == 200
    assert scene.report(scene.bob, root).status_code == 200
    assert scene.report(scene.mallory, inside).status_code == 200, "mallory does not follow the thread"
    refusal(scene.report(scene.chief, inside), 404, "not_found")
    assert len(scene.mod.get(f"/admin/reports/{root}").get_json()["reports"]) == 2
    place = scene.mod.get(f"/admin/reports/{inside}").get_json()["place"]
    assert place == {"isThread": True, "name": "Reported", "usernames": []}


def test_a_report_of_ones_own_opens_nothing_but_the_message(scene: Scene) -> None:
    """A moderator who joined a group later does not read what was said before by reporting what came after."""
    group = {"groupName": "Hidden", "users": [{"username": scene.names["bob"]}], "sharesHistory": False}
    group_id = scene.alice.post("/group", json=group).get_json()["newGroup"]["groupId"]

    def say(text: str) -> str:
        body = {"receiver": group_id, "content": text, "group": True}
        found: str = scene.alice.post("/messages", json=body).get_json()["response"]["messageId"]
        return found

    say("before the moderator")
    scene.alice.post(f"/group/{group_id}/members", json={"users": [{"username": scene.names["mod"]}]})
    first = say("after")
    assert scene.report(scene.mod, first).status_code == 200
    opened = scene.mod.get(f"/admin/reports/{first}")
    assert [one["content"] for one in opened.get_json()["context"]] == ["after"]
    assert "before the moderator" not in opened.text
    assert scene.report(scene.bob, first).status_code == 200
    assert "before the moderator" in scene.mod.get(f"/admin/reports/{first}").text


def test_an_edited_message_can_be_reported_again_after_a_dismissal(scene: Scene) -> None:
    assert scene.report(scene.bob).status_code == 200
    assert scene.mod.delete(scene.path).status_code == 200
    assert scene.report(scene.bob).status_code == 200
    refusal(scene.mod.get(scene.path), 404, "not_found")
    assert scene.alice.patch(f"/message/{scene.reported}", json={"content": "a threat"}).status_code == 200
    assert scene.report(scene.bob, reason="violence").status_code == 200
    (report,) = scene.mod.get(scene.path).get_json()["reports"]
    assert (report["content"], report["reason"]) == ("a threat", "violence")
