"""How long messages are kept: an owner and an administrator choose it, and what is old vanishes before one's eyes."""

import sqlite3
import time
from collections.abc import Callable

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


def make_older(server: Server, content: str) -> None:
    """Dates a message two days back, in the database of the running server."""
    with sqlite3.connect(server.instance / "chatapp.db", timeout=20) as database:
        at = int(time.time() * 1_000_000) - 2 * DAY_MICROSECONDS
        changed = database.execute("UPDATE message SET created_at = ? WHERE content = ?", (at, content))
        assert changed.rowcount == 1
    database.close()


def test_old_messages_vanish_for_everybody(new_person: NewPerson, make_server: Callable[..., Server]) -> None:
    server = make_server(users=0)
    server.add_user("root", "--no-password", "--first-name", "Rosa", "--admin")
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


def test_an_administrator_chooses_it_for_the_whole_system(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(users=0)
    server.add_user("root", "--no-password", "--first-name", "Rosa", "--admin")
    page = new_person("root", server, bypass_csp=True, color_scheme="dark", **PHONE).open()
    dialog = open_administration(page)
    open_section(dialog, "System")
    keep_for(page, "30")
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
