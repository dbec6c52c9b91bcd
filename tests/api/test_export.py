"""The export of a person's own data: what is in it, what is not, and how often it may be made."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.actions import data_exports
from chatapp.clock import now
from chatapp.errors import NotSignedIn
from chatapp.export import messages
from chatapp.export.archive import File, zip_of
from chatapp.extensions import db
from chatapp.models import Session, User
from tests.api.account_people import PASSWORD, Owner
from tests.api.error_bodies import refusal
from tests.conftest import Browser
from tests.uploads import upload

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
JSON_FILES = (
    *("profile", "sessions", "passkeys", "identities", "security", "settings", "preferences"),
    *("drafts", "saved", "scheduled", "blocks", "conversations"),
)


def unpacked(answer: Any) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(found: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found[name].decode().splitlines()]


def say(browser: Browser, receiver: str, content: str, *, group: bool = False, **more: Any) -> dict[str, Any]:
    answer = browser.post("/messages", json={"receiver": receiver, "content": content, "group": group, **more})
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.get_json()["response"]
    return stored


def test_an_export_holds_everything_of_a_person_and_nothing_that_they_may_not_see(
    browse: Browse, newcomers: Newcomers
) -> None:
    name, friend, other = newcomers(3)
    own, friends = browse(name), browse(friend)
    new = {"groupName": "Orchard", "users": [{"username": other}], "sharesHistory": False}
    group = friends.post("/group", json=new).get_json()["newGroup"]["groupId"]
    earlier = say(friends, group, "before the export's owner", group=True)
    hidden_thread = friends.post(f"/message/{earlier['messageId']}/thread").get_json()["thread"]["receiver"]
    say(friends, hidden_thread, "in a thread from before", group=True)
    friends.post(f"/group/{group}/members", json={"users": [{"username": name}]})
    root = say(friends, group, "since they are here ÄÖ漢", group=True)
    say(friends, group, "a reply", group=True, replyTo=earlier["sequence"])
    thread = friends.post(f"/message/{root['messageId']}/thread").get_json()["thread"]["receiver"]
    say(friends, thread, "said in a thread", group=True)
    say(friends, other, "between two others")
    say(own, friend, "a private word")
    say(friends, name, "an answer")
    edited = say(own, friend, "with a mitsake")
    assert own.patch(f"/message/{edited['messageId']}", json={"content": "with a mistake"}).status_code == 200
    removed = {"receiver": friend, "content": "for never", "dueAt": (now() + timedelta(days=1)).isoformat()}
    own.post("/scheduled", json={**removed, "clientId": "2f0e8c6e-0f0f-4f57-a5ac-3f35d8b5a002"})
    own.delete("/scheduled/2f0e8c6e-0f0f-4f57-a5ac-3f35d8b5a002")
    deleted = say(own, friend, "taken back")
    assert own.delete(f"/message/{deleted['messageId']}").status_code == 200
    own.put("/draft", json={"receiver": friend, "content": "not sent yet"})
    own.put(f"/message/{root['messageId']}/saved", json={"saved": True})
    own.put(f"/block/{other}", json={"blocked": True})
    own.patch("/preferences", json={"receiver": group, "group": True, "level": "none"})
    due = (now() + timedelta(days=1)).isoformat()
    later = {"receiver": friend, "content": "for tomorrow", "dueAt": due}
    own.post("/scheduled", json={**later, "clientId": "2f0e8c6e-0f0f-4f57-a5ac-3f35d8b5a001"})
    answer = own.post("/export", json={})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=chat-data.zip"
    assert answer.headers["Cache-Control"] == "no-store"
    found = unpacked(answer)
    assert f"what belongs to {name} in this chat" in found["README.txt"].decode()
    files = {stem: json.loads(found[f"{stem}.json"]) for stem in JSON_FILES}
    profile = files["profile"]
    assert (profile["username"], profile["email"], profile["emailToConfirm"]) == (name, None, None)
    assert [one["method"] for one in files["sessions"]] == ["name"]
    assert files["drafts"][0]["draft"]["content"] == "not sent yet"
    assert files["saved"][0]["saved"]["messageId"] == root["messageId"]
    assert len(files["scheduled"]) == 1
    assert files["scheduled"][0]["scheduled"]["content"] == "for tomorrow"
    assert files["blocks"][0]["block"]["username"] == other
    assert files["preferences"][0]["preferences"]["level"] == "none"
    assert (files["passkeys"], files["identities"]) == ([], [])
    said = {one["file"]: [line["content"] for line in lines(found, one["file"])] for one in files["conversations"]}
    in_group, in_thread = f"conversations/{group}.jsonl", f"conversations/{thread}.jsonl"
    assert said.pop(in_group) == ["since they are here ÄÖ漢", "a reply"]
    assert said.pop(in_thread) == ["said in a thread"]
    assert list(said.values()) == [["a private word", "an answer", "with a mistake", ""]]
    assert {one["name"] for one in files["conversations"] if one["file"] == in_group} == {"Orchard"}
    (private,) = said
    versions = [[old["content"] for old in line.get("versions", [])] for line in lines(found, private)]
    assert versions == [[], [], ["with a mitsake"], []]
    acts = lines(found, "activity.jsonl")
    assert [act["kind"] for act in acts] == ["sign_in", "data_exported"]
    assert {act["actor"] for act in acts} == {name}
    everything = b"\n".join(found.values()).decode()
    for hidden in ("before the export's owner", "in a thread from before", "between two others", "taken back"):
        assert hidden not in everything
    assert set(found) == {
        "README.txt",
        "activity.jsonl",
        *(f"{stem}.json" for stem in JSON_FILES),
        in_group,
        in_thread,
        *said,
    }


def test_an_export_takes_the_password_holds_no_secret_and_is_recorded(password_app: Flask) -> None:
    owner = Owner(password_app, "exporter").signed_in()
    owner.add_passkey("My key")
    secret = owner.browser.post("/second-factor", json={"password": PASSWORD}).get_json()["secret"]
    refusal(owner.browser.post("/export", json={}), 403, "confirmation_required")
    refusal(owner.browser.post("/export", json={"password": "not the right one"}), 403, "wrong_password")
    found = unpacked(owner.browser.post("/export", json={"password": PASSWORD}))
    assert json.loads(found["passkeys.json"])[0]["name"] == "My key"
    session = next(one["id"] for one in owner.browser.get("/sessions").get_json()["sessions"])
    everything = b"\n".join(found.values()).decode()
    for hidden in (secret, session, "argon2", "scrypt", "public_key", "password_hash"):
        assert str(hidden) not in everything
    assert [kind for kind, _ in owner.audited() if kind == "data_exported"] == ["data_exported"]


def test_a_person_exports_one_at_a_time_and_five_times_an_hour(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, other = newcomers(2)
    own = browse(name)
    under_way = own.post("/export", json={}, buffered=False)
    refusal(own.post("/export", json={}), 429, "export_limited")
    assert browse(other).post("/export", json={}).status_code == 200, "the limits are each person's own"
    under_way.close()
    for _ in range(data_exports.MOST_IN_AN_HOUR - 1):
        unpacked(own.post("/export", json={}))
    refusal(own.post("/export", json={}), 429, "export_limited")
    monkeypatch.setattr(data_exports, "now", lambda: now() + timedelta(hours=1, seconds=1))
    unpacked(own.post("/export", json={}))


def test_messages_are_read_in_pages_and_leave_before_the_next_page_is_read(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, friend = newcomers(2)
    own = browse(name)
    for number in range(7):
        say(own, friend, f"word {number}")
    sizes: list[int] = []
    monkeypatch.setattr(messages, "PAGE", 3)
    read = messages.page_of
    monkeypatch.setattr(messages, "page_of", lambda *args: sizes.append(len(args[2])) or read(*args))
    found = unpacked(own.post("/export", json={}))
    (file,) = (one for one in found if one.startswith("conversations/"))
    assert [line["content"] for line in lines(found, file)] == [f"word {number}" for number in range(7)]
    assert sizes == [3, 3, 1]


def test_an_archive_is_written_while_its_content_is_made() -> None:
    made: list[int] = []

    def pieces() -> Any:
        for number in range(50):
            made.append(number)
            yield bytes((number * 7919 + at * at) % 251 for at in range(50_000))

    archive = zip_of([File("long.txt", pieces())], now())
    first = next(archive)
    assert first
    assert len(made) < 5
    rest = b"".join(archive)
    with zipfile.ZipFile(io.BytesIO(first + rest)) as opened:
        assert opened.getinfo("long.txt").file_size == 2_500_000
        assert opened.testzip() is None


def test_an_export_ends_with_the_membership_and_with_the_session(browse: Browse, newcomers: Newcomers) -> None:
    """A client that reads slowly goes on reading after it was removed, and after its session has ended."""
    name, friend = newcomers(2)
    own, friends = browse(name), browse(friend)
    new = [{"groupName": title, "users": [{"username": name}]} for title in ("First", "Second")]
    groups = [friends.post("/group", json=one).get_json()["newGroup"] for one in new]
    first, second = (group["groupId"] for group in groups)
    for group in (first, second):
        say(friends, group, "there from the start", group=True)
    with own.application.app_context():
        row = db.session.scalars(select(Session).join(User).where(User.username == name)).one()
        exporter = messages.Exporter(row.user_id, row.id)
        exported = messages.conversations_of(exporter.user_id)
        say(friends, first, "said after it began", group=True)
        assert b"".join(messages.lines_of(exported[0], exporter)).count(b"there from the start") == 1
        assert b"said after it began" not in b"".join(messages.lines_of(exported[0], exporter))
        assert friends.delete(f"/group/{first}/members/{name}").status_code == 200
        assert b"".join(messages.lines_of(exported[0], exporter)) == b""
        assert own.post("/logout").status_code == 200
        with pytest.raises(NotSignedIn):
            next(messages.lines_of(exported[1], exporter))
        assert b"there from the start" in b"".join(messages.lines_of(exported[1], messages.Exporter(row.user_id)))


def test_the_files_that_somebody_has_sent_are_in_their_export_and_those_of_others_are_named(
    browse: Browse, newcomers: Newcomers
) -> None:
    name, friend = newcomers(2)
    own, friends = browse(name), browse(friend)
    sent = say(own, friend, "", files=[{"uploadId": upload(own, b"mine", "näme.txt")}])
    got = say(friends, name, "", files=[{"uploadId": upload(friends, b"theirs", "b.txt")}])
    found = unpacked(own.post("/export", json={}))
    assert found[f"files/{sent['files'][0]['fileId']}/näme.txt"] == b"mine"
    assert [one for one in found if one.startswith("files/")] == [f"files/{sent['files'][0]['fileId']}/näme.txt"]
    (conversation,) = json.loads(found["conversations.json"])
    assert [one["files"][0]["name"] for one in lines(found, conversation["file"])] == ["näme.txt", "b.txt"]
    assert got["files"][0]["fileId"] in found[conversation["file"]].decode()
