"""How long messages are kept: an owner and an administrator choose it, and what is old vanishes before one's eyes."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.group_dialog import details, press
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, bubbles, reload_offline, write
from tests.web.server import ApiUser, Server
from tests.web.test_administration import open_administration, open_section

NewPerson = Callable[..., Person]
DAY_MICROSECONDS = 86_400_000_000


def keep_for(place: Page, days: str) -> None:
    place.get_by_label("Delete messages after days").fill(days)
    place.get_by_role("dialog").get_by_role("button", name="Save").last.click()


def agree(place: Page, loss: str) -> None:
    """Reads what is lost, and agrees."""
    expect(place.get_by_role("dialog")).to_contain_text(loss)
    place.get_by_role("button", name="Delete older messages").click()


def make_older(server: Server, content: str) -> None:
    """Dates a message two days back, in the database of the running server."""
    with sqlite3.connect(server.instance / "chatapp.db", timeout=20) as database:
        at = int(time.time() * 1_000_000) - 2 * DAY_MICROSECONDS
        changed = database.execute("UPDATE message SET created_at = ? WHERE content = ?", (at, content))
        assert changed.rowcount == 1
        # The sweep of every five minutes.
        database.execute("UPDATE job SET due_at = 0 WHERE kind = 'retention' AND state = 'waiting'")
    database.close()


@pytest.mark.slow
def test_old_messages_vanish_for_everybody(new_person: NewPerson, make_server: Callable[..., Server]) -> None:
    server = make_server(users=0)
    owner, other = new_person("alice", server, bypass_csp=True), new_person("bob", server, service_workers="allow")
    group = ApiUser(server, "alice").make_group("Rowing", "bob")
    page, theirs = owner.open(f"#/g/{group}"), other.open(f"#/g/{group}")
    write(page, "an old secret", "something new")
    expect(bubble(theirs, "something new")).to_be_visible()
    theirs.get_by_role("button", name="Details").click()
    expect(theirs.get_by_text("Messages are kept for ever.")).to_be_visible()
    theirs.keyboard.press("Escape")
    dialog = details(page)
    press(dialog, "Change settings")
    for wrong in ("x", "36501"):
        keep_for(page, wrong)
        expect(dialog.get_by_role("alert").last).to_contain_text("from 0 to 36,500")
    keep_for(page, "1")
    agree(page, "No message is that old now.")
    expect(dialog.get_by_role("status").last).to_have_text("Saved.")
    take_screenshot(page, "retention-group")
    assert violations(page) == []
    page.keyboard.press("Escape")
    make_older(server, "an old secret")
    for one in (page, theirs):
        expect(bubble(one, "an old secret")).to_have_count(0, timeout=30_000)
        expect(bubbles(one)).to_have_count(1)
    theirs.get_by_role("button", name="Details").click()
    expect(theirs.get_by_text("Messages are deleted after 1 day.")).to_be_visible()
    theirs.keyboard.press("Escape")
    expect(theirs.get_by_role("dialog")).to_have_count(0)
    offline = reload_offline(other)
    expect(bubble(offline, "something new")).to_be_visible()
    expect(bubbles(offline)).to_have_count(1)


@pytest.mark.slow
def test_an_administrator_chooses_it_for_the_whole_system(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(users=0)
    server.add_root()
    page = new_person("root", server, bypass_csp=True, color_scheme="dark", **PHONE).open()
    dialog = open_administration(page)
    open_section(dialog, "System")
    keep_for(page, "30")
    agree(page, "No message is that old now.")
    expect(dialog.get_by_role("status").last).to_have_text("Saved.")
    take_screenshot(page, "retention-system")
    assert violations(page) == []
    assert fits(page)
    page.keyboard.press("Escape")
    told = new_person("alice", server).open("#/u/root")
    told.get_by_role("button", name="Details").click()
    expect(told.get_by_text("Messages are deleted after 30 days.")).to_be_visible()
    assert server.run("retention").stdout == "Messages are deleted after 30 days.\n"
    assert server.run("retention", "0").stdout == "Messages are kept for ever.\n"
    assert server.run("retention", "-1").returncode == 2


@pytest.mark.slow
def test_an_owner_is_told_what_is_lost_and_may_think_again(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(users=0)
    owner = new_person("alice", server, bypass_csp=True, **PHONE)
    group = ApiUser(server, "alice").make_group("Rowing")
    ApiUser(server, "alice").say(group, "an old secret", "another one", "something new", group=True)
    page = owner.open(f"#/g/{group}")
    make_older(server, "an old secret")
    make_older(server, "another one")
    dialog = details(page)
    press(dialog, "Change settings")
    keep_for(page, "1")
    expect(dialog.get_by_text("Delete messages after 1 day?")).to_be_visible()
    expect(dialog.get_by_text("2 messages will be deleted for everybody, for good.")).to_be_visible()
    expect(dialog.get_by_role("heading").first).to_be_focused()
    take_screenshot(page, "retention-asked-phone")
    assert violations(page) == []
    assert fits(page)
    press(dialog, "Cancel")
    expect(page.get_by_label("Delete messages after days")).to_have_value("1")
    expect(dialog.get_by_role("heading").first).to_be_focused()
    assert kept_for(server, group) == 0
    keep_for(page, "5")
    agree(page, "No message is that old now.")
    expect(dialog.get_by_role("status").last).to_have_text("Saved.")
    keep_for(page, "9")
    expect(dialog.get_by_role("status").last).to_have_text("Saved.")
    assert kept_for(server, group) == 9
    keep_for(page, "1")
    agree(page, "2 messages will be deleted")
    expect(bubbles(page)).to_have_count(1, timeout=30_000)


def kept_for(server: Server, group: str) -> int:
    days: int = ApiUser(server, "alice").request("GET", f"group/{group}")["group"]["retentionDays"]
    return days


ENGLISH = ("Delete messages after 1 day?", "1 message in 1 conversation will be deleted", "Delete older messages")
ARABIC = ("حذف الرسائل بعد يوم واحد؟", "رسالة واحدة في محادثة واحدة", "حذف الرسائل الأقدم")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options", "sentences"),
    [
        ("light", {}, ENGLISH),
        ("dark", {"color_scheme": "dark"}, ENGLISH),
        ("arabic", {"locale": "ar"}, ARABIC),
    ],
)
def test_an_administrator_is_told_what_is_lost_everywhere(
    new_person: NewPerson,
    make_server: Callable[..., Server],
    name: str,
    options: dict[str, Any],
    sentences: tuple[str, str, str],
) -> None:
    server = make_server(users=0)
    server.add_root()
    root = ApiUser(server, "root")
    root.say(root.make_group("Rowing"), "an old secret", group=True)
    make_older(server, "an old secret")
    page = new_person("root", server, bypass_csp=True, **options).open()
    page.locator(".sidebar-account").click()
    page.locator("#section-administration").click()
    page.locator("#section-system").click()
    field = page.locator("input[name=days]")
    field.fill("1")
    field.press("Enter")
    title, loss, button = sentences
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(title)
    expect(dialog).to_contain_text(loss)
    take_screenshot(page, f"retention-asked-{name}")
    assert violations(page) == []
    dialog.get_by_role("button", name=button).click()
    expect(field).to_have_value("1")
    assert server.run("retention").stdout == "Messages are deleted after 1 day.\n"


@pytest.mark.slow
def test_open_pages_learn_what_the_system_keeps(new_person: NewPerson, make_server: Callable[..., Server]) -> None:
    server = make_server(users=0)
    page = new_person("alice", server).open("#/u/bob")
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_text("Messages are kept for ever.")).to_be_visible()
    assert server.run("retention", "30", "--yes").returncode == 0
    expect(page.get_by_text("Messages are deleted after 30 days.")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(".banner")).to_be_attached()
    assert server.run("retention", "7", "--yes").returncode == 0
    page.context.set_offline(False)
    expect(page.get_by_text("Messages are deleted after 7 days.")).to_be_visible()
