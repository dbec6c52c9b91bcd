"""A page that was offline catches up with its groups."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.people import wait_until
from tests.web.group_dialog import details, requests_to
from tests.web.people import DATABASE, Person, bubble, line, reload_offline, texts
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_an_offline_member_catches_up_without_a_reload(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_api_user(), new_person(), new_api_user()
    group = alice.make_group("Rowing", bob.username, carol.username)
    gone = alice.make_group("Sailing", bob.username)
    alice.say(group, "before", group=True)
    page = bob.open(f"#/g/{group}")
    expect(bubble(page, "before")).to_be_visible()
    page.evaluate("window.isTheSamePage = true")
    lists = requests_to(page, "/conversations|/messages/")
    bob.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    changed = {"groupName": "Rowing and sailing", "topic": "Sundays at nine", "writers": "admins"}
    alice.request("PATCH", f"group/{group}", changed)
    alice.say(group, "one", "two", "three", group=True)
    alice.request("DELETE", f"group/{group}/members/{carol.username}")
    alice.request("DELETE", f"group/{gone}")
    alice.make_group("Swimming", bob.username)
    bob.context.set_offline(False)
    expect(bubble(page, "three")).to_be_visible(timeout=15_000)
    assert texts(page) == ["before", "one", "two", "three"]
    expect(page.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(page.get_by_text("2 members")).to_be_visible()
    expect(page.locator(".conversation-topic")).to_have_text("Sundays at nine")
    expect(page.get_by_text("Only owners and admins write in this group.")).to_be_visible()
    expect(line(page, "Swimming")).to_be_visible()
    expect(line(page, "Sailing")).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")
    assert lists == [], "A sync brings all changes."


@pytest.mark.slow
def test_an_offline_reload_shows_the_stored_state_and_a_sync_updates_it(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_api_user(), new_person(service_workers="allow")
    group = alice.make_group("Rowing", bob.username)
    alice.say(group, "seen before the tunnel", group=True)
    page = bob.open(f"#/g/{group}")
    expect(bubble(page, "seen before the tunnel")).to_be_visible()
    alice.request("PATCH", f"group/{group}", {"groupName": "Rowing and sailing"})
    alice.say(group, "seen live", group=True)
    expect(bubble(page, "seen live")).to_be_visible()
    reload_offline(bob)
    expect(bubble(page, "seen live")).to_be_visible()
    assert texts(page) == ["seen before the tunnel", "seen live"]
    expect(page.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(details(page).locator(".details-members li")).to_have_count(2)
    page.keyboard.press("Escape")
    alice.say(group, "said meanwhile", group=True)
    pages = requests_to(page, "/messages/")
    bob.context.set_offline(False)
    expect(bubble(page, "said meanwhile")).to_be_visible(timeout=15_000)
    assert texts(page) == ["seen before the tunnel", "seen live", "said meanwhile"]
    assert pages == [], "A sync brings all changes."


STORED_GROUP = """([name, owner, group, isOlder]) => new Promise((resolve) => {
  indexedDB.open(name).onsuccess = (opened) => {
    const database = opened.target.result;
    const store = database.transaction("seen", "readwrite").objectStore("seen");
    const key = [owner, `conversation g:${group}`];
    let found, isWhole;
    store.get([owner, "userRevision"]).onsuccess = ({ target }) => (isWhole = target.result !== undefined);
    store.get(key).onsuccess = ({ target }) => {
      found = target.result;
      const { topic, writers, ...older } = found ?? {};
      if (isOlder) store.put(older, key);
    };
    store.transaction.oncomplete = () => {
      database.close();
      resolve(isWhole && found?.topic);
    };
  };
})"""
"""The topic of a group in the browser's database, once everything is stored. With `isOlder` it makes the record one of
an earlier version."""


@pytest.mark.slow
def test_what_an_earlier_version_of_the_page_stored_is_replaced_by_the_server(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_api_user(), new_person()
    group = alice.make_group("Rowing", bob.username)
    alice.request("PATCH", f"group/{group}", {"topic": "Sundays at nine", "writers": "admins"})
    page = bob.open(f"#/g/{group}")
    expect(page.locator(".conversation-topic")).to_be_visible()
    place = [page.evaluate(DATABASE), bob.username, group]
    wait_until(lambda: bool(page.evaluate(STORED_GROUP, [*place, False])), "the page stores what it knows")
    # A page of the server that stores nothing itself.
    page.goto(f"{bob.server.url}healthz")
    page.evaluate(STORED_GROUP, [*place, True])
    assert page.evaluate(STORED_GROUP, [*place, False]) is None
    page.goto(f"{bob.server.url}#/g/{group}")
    expect(page.locator(".conversation-topic")).to_have_text("Sundays at nine")
    expect(page.get_by_text("Only owners and admins write in this group.")).to_be_visible()
