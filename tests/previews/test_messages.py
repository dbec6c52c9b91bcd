"""Previews under messages: which there are, for whom, and for how long."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp import clock
from chatapp.actions import link_previews, preview_pictures
from chatapp.actions.preview_pictures import forget_unused
from chatapp.extensions import db
from chatapp.models import LinkPicture, LinkPreview
from chatapp.previews import fetching
from tests.conftest import Browser
from tests.pictures import RED, decoded, encoded, plain
from tests.previews.conftest import World
from tests.previews.internet import page

PICTURE = encoded(plain(RED, (1_200, 600)), "PNG")


@pytest.fixture
def alice(world: World) -> Browser:
    return world.browse("alice")


@pytest.fixture
def bob(world: World) -> Browser:
    return world.browse("bob")


def titles(previews: list[dict[str, Any]]) -> list[str]:
    return [one["title"] for one in previews]


def make_group(browser: Browser, *others: str, **settings: Any) -> str:
    body = {"groupName": "Group", "users": [{"username": name} for name in others], **settings}
    group_id: str = browser.post("/group", json=body).get_json()["newGroup"]["groupId"]
    return group_id


def test_everybody_sees_what_a_linked_page_says_of_itself(world: World, alice: Browser, bob: Browser) -> None:
    world.put("/picture", PICTURE, "image/png")
    url = world.put("/a", page(title="A", description="About a", site_name="Site", image="/picture"))
    sent = world.send(alice, "bob", f"look: {url}#part")
    assert "linkPreviews" not in sent
    (preview,) = world.previews(bob, "bob", "alice", sent["sequence"])
    picture = preview.pop("picture")
    assert preview == {"url": f"{url}#part", "title": "A", "description": "About a", "siteName": "Site"}
    assert (picture["width"], picture["height"]) == (480, 240)
    seen = world.message(alice, "alice", "bob", sent["sequence"])
    assert seen["changedRevision"] > sent["revision"]
    assert "editedAt" not in seen
    answer = bob.get(f"/preview-picture/{picture['hash']}")
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert decoded(answer.data).size == (480, 240)
    assert world.site.paths == ["/a", "/picture"]


def test_what_is_known_of_a_page_is_not_asked_again(world: World, alice: Browser, bob: Browser) -> None:
    url, missing = world.put("/a", page("A")), "http://example.com/missing"
    world.send(alice, "bob", f"{url} {missing}")
    world.settle()
    again = world.send(bob, "alice", f"{missing} {url}")
    assert titles(world.previews(bob, "bob", "alice", again["sequence"])) == ["A"]
    assert sorted(world.site.paths) == ["/a", "/missing"]


def test_the_first_three_links_have_previews_in_their_order(world: World, alice: Browser) -> None:
    urls = [world.put(f"/{name}", page(name)) for name in "dcba"]
    sent = world.send(alice, "bob", " ".join(urls))
    assert titles(world.previews(alice, "alice", "bob", sent["sequence"])) == ["d", "c", "b"]
    assert "/a" not in world.site.paths


@pytest.mark.parametrize("text", ["`{}`", "||{}||", "```\n{}\n```", "no link :// {}"])
def test_hidden_links_are_not_asked_for(world: World, alice: Browser, text: str) -> None:
    url = world.put("/a", page("A"))
    world.send(alice, "bob", text.format("x" if "no link" in text else url))
    world.settle()
    assert world.site.asked == []


def test_a_private_server_is_not_asked(world: World, alice: Browser) -> None:
    port = world.site.port
    sent = world.send(alice, "bob", f"http://127.0.0.1:{port}/ http://localhost:{port}/ http://[::1]/")
    assert world.previews(alice, "alice", "bob", sent["sequence"]) == []
    assert world.site.asked == []


def test_a_text_without_a_link_adds_no_job(world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(link_previews, "links_in", lambda content: asked.append(content) or [])
    world.send(alice, "bob", "no link, but a.example.com")
    world.send(alice, "bob", "://")
    world.settle()
    assert asked == ["://"] * len(asked) != []


def test_after_an_edit_the_links_of_the_new_text_count(world: World, alice: Browser, bob: Browser) -> None:
    urls = [world.put(f"/{name}", page(name)) for name in "abc"]
    sent = world.send(alice, "bob", f"{urls[0]} {urls[1]}")
    world.settle()
    world.site.asked.clear()
    path = f"/message/{sent['messageId']}"
    edited = alice.patch(path, json={"content": f"{urls[2]} {urls[1]}"}).get_json()["message"]
    assert titles(edited["linkPreviews"]) in (["b"], ["c", "b"]), "what is known of the new text stays"
    assert titles(world.previews(bob, "bob", "alice", sent["sequence"])) == ["c", "b"]
    assert world.site.paths == ["/c"]
    without = alice.patch(path, json={"content": "no link"}).get_json()["message"]
    assert "linkPreviews" not in without
    assert world.previews(bob, "bob", "alice", sent["sequence"]) == []


def test_a_deleted_message_has_no_previews_and_nothing_is_fetched_for_it(world: World, alice: Browser) -> None:
    sent = world.send(alice, "bob", world.put("/a", page("A")))
    world.settle()
    path = f"/message/{sent['messageId']}"
    assert "linkPreviews" not in alice.delete(path, json={}).get_json()["message"]
    world.site.asked.clear()
    other = world.send(alice, "bob", "first")
    alice.delete(f"/message/{other['messageId']}", json={})
    with world.app.app_context():
        link_previews.fetch_previews(world.app.extensions["chatapp.journal"], 1, other["sequence"])
    assert world.site.asked == []


def test_a_forwarded_message_has_previews_too(world: World, alice: Browser, bob: Browser) -> None:
    sent = world.send(alice, "bob", world.put("/a", page("A")))
    world.settle()
    body = {"receiver": "carol", "group": False}
    copy = bob.post(f"/message/{sent['messageId']}/forward", json=body).get_json()["response"]
    assert titles(world.previews(bob, "bob", "carol", copy["sequence"])) == ["A"]
    assert world.site.paths == ["/a"]


def test_the_sender_removes_previews_for_good(world: World, alice: Browser, bob: Browser) -> None:
    url = world.put("/a", page("A"))
    sent = world.send(alice, "bob", url)
    world.settle()
    path = f"/message/{sent['messageId']}/previews"
    refused = bob.delete(path)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "forbidden")
    removed = alice.delete(path).get_json()["message"]
    assert "linkPreviews" not in removed
    assert world.message(bob, "bob", "alice", sent["sequence"]) == removed
    assert alice.delete(path).get_json()["message"] == removed, "a retry is harmless"
    alice.patch(f"/message/{sent['messageId']}", json={"content": f"again {url}"})
    assert world.previews(bob, "bob", "alice", sent["sequence"]) == []
    assert world.browse("mallory").delete(path).status_code == 404
    alice.delete(f"/message/{sent['messageId']}", json={})
    assert alice.delete(path).get_json()["error"]["code"] == "message_deleted"


def test_switched_off_nothing_is_asked(
    make_app: Callable[..., Flask], world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The site would get the request: the same message has it asked by an application that shows previews."""
    url = world.put("/a", page("A"))
    off = make_app(sockets=True)
    off.test_client_class = Browser
    alice = off.test_client()
    alice.post("/login", json={"username": "alice"})
    there = World(off, world.browse, tmp_path_factory.mktemp("off"))
    sent = there.send(alice, "bob", url)
    alice.patch(f"/message/{sent['messageId']}", json={"content": f"{url} again"})
    assert there.waiting() == 0
    assert world.site.asked == []
    there.site.close()
    world.send(world.browse("alice"), "bob", url)
    world.settle()
    assert world.site.paths == ["/a"]


def test_the_links_of_somebody_who_wants_no_previews_are_not_opened(world: World, alice: Browser, bob: Browser) -> None:
    url = world.put("/a", page("A"))
    assert alice.get("/settings").get_json()["settings"]["showsPreviews"] is True
    changed = alice.patch("/settings", json={"showsPreviews": False}).get_json()["settings"]
    assert changed["showsPreviews"] is False
    sent = world.send(alice, "bob", url)
    assert world.previews(bob, "bob", "alice", sent["sequence"]) == []
    assert world.site.asked == []
    answer = world.send(bob, "alice", url)
    assert titles(world.previews(bob, "bob", "alice", answer["sequence"])) == ["A"]


def test_a_picture_is_seen_by_those_who_see_a_message_with_it(world: World, alice: Browser, bob: Browser) -> None:
    world.put("/picture", PICTURE, "image/png")
    url = world.put("/a", page("A", image="/picture"))
    group = make_group(alice, "bob", sharesHistory=False)
    sent = world.send(alice, group, url, group=True)
    world.settle()
    shown = world.message(bob, "bob", group, sent["sequence"], is_group=True)["linkPreviews"][0]["picture"]["hash"]
    path = f"/preview-picture/{shown}"
    assert bob.get(path).status_code == 200
    assert world.browse(None).get(path).status_code == 401
    assert world.browse("mallory").get(path).status_code == 404
    alice.post(f"/group/{group}/members", json={"users": [{"username": "carol"}]})
    assert world.browse("carol").get(path).status_code == 404, "carol does not see the message"
    alice.delete(f"/message/{sent['messageId']}", json={})
    assert bob.get(path).status_code == 404, "no message shows it any more"
    thread = bob.post(f"/message/{world.send(bob, group, 'x', group=True)['messageId']}/thread", json={}).get_json()
    world.send(bob, thread["thread"]["receiver"], url, group=True)
    world.settle()
    assert alice.get(path).status_code == 200, "alice sees the thread without following it"
    assert world.browse("carol").get(path).status_code == 200
    assert world.browse("mallory").get(path).status_code == 404


def test_a_preview_that_a_message_shows_never_changes(
    world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = world.put("/a", page("Old"))
    first = world.send(alice, "bob", url)
    world.settle()
    world.put("/a", page("New"))
    for days, title in ((6, "Old"), (8, "New")):
        monkeypatch.setattr(link_previews, "now", lambda days=days: clock.now() + timedelta(days=days))
        monkeypatch.setattr(link_previews, "LATEST", timedelta(days=30))
        later = world.send(alice, "bob", url)
        assert titles(world.previews(alice, "alice", "bob", later["sequence"])) == [title]
    assert titles(world.previews(alice, "alice", "bob", first["sequence"])) == ["Old"]


def test_a_page_without_a_preview_is_asked_again_after_an_hour(
    world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://example.com/a"
    monkeypatch.setattr(link_previews, "LATEST", timedelta(days=30))
    for minutes, count in ((0, 1), (59, 1), (61, 2)):
        monkeypatch.setattr(link_previews, "now", lambda minutes=minutes: clock.now() + timedelta(minutes=minutes))
        world.send(alice, "bob", url)
        world.settle()
        assert len(world.site.asked) == count


def test_the_links_of_a_message_that_waited_for_long_are_not_opened(
    world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_previews, "now", lambda: clock.now() + timedelta(hours=2))
    world.send(alice, "bob", world.put("/a", page("A")))
    world.settle()
    assert world.site.asked == []


def test_what_no_message_shows_is_forgotten(world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put("/picture", PICTURE, "image/png")
    kept, gone = world.put("/a", page("A")), world.put("/b", page("B", image="/picture"))
    world.send(alice, "bob", kept)
    sent = world.send(alice, "bob", gone)
    world.settle()
    alice.delete(f"/message/{sent['messageId']}", json={})
    journal = world.app.extensions["chatapp.journal"]

    def known() -> tuple[list[str], int]:
        with world.app.app_context():
            urls = sorted(db.session.scalars(select(LinkPreview.url)))
            return urls, len(db.session.scalars(select(LinkPicture.hash)).all())

    assert forget_unused(journal) is False
    assert known() == ([kept, gone], 1), "it may serve for another message"
    monkeypatch.setattr(preview_pictures, "now", lambda: clock.now() + timedelta(days=8))
    assert forget_unused(journal) is False
    assert known() == ([kept], 0)


def test_a_broken_worker_costs_no_message(world: World, alice: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WORKER", Path("/nonexistent"))
    sent = world.send(alice, "bob", world.put("/a", page("A")))
    assert world.previews(alice, "alice", "bob", sent["sequence"]) == []
