"""What is a person's own: muted conversations, marked as unread, do not disturb; the same on two devices."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.group_dialog import full_name
from tests.web.page_scripts import LOSE_FOCUS, RECORD_NOTIFICATIONS
from tests.web.people import Person, bubble, line, wait_connected, wait_until
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

RECORD_BADGES = "window.badges = []; navigator.setAppBadge = async (count) => void badges.push(count);"


def choose(page: Page, entry: str) -> None:
    """Chooses an entry of the open conversation's menu, by keyboard."""
    page.locator(".conversation-head").get_by_role("button", name="More").press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.get_by_role("menuitem", name=entry).press("Enter")
    expect(page.get_by_role("menu")).to_have_count(0)


def open_with_records(person: Person, place: str = "") -> Page:
    """Opens a page with notifications turned on, which records them and the badges."""
    page = person.context.new_page()
    page.add_init_script(RECORD_NOTIFICATIONS + RECORD_BADGES)
    page.goto(person.server.url + place)
    wait_connected(page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Notifications").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return page


@pytest.mark.slow
def test_a_muted_conversation_is_quiet_on_all_devices(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    bob, carol = new_api_user(), new_api_user()
    alice = new_person(permissions=["notifications"])
    device = new_person(alice.username)
    bob.say(alice.username, "before")
    page, other = open_with_records(alice, f"#/u/{bob.username}"), device.open()
    choose(page, "Mute")
    expect(line(other, full_name(bob)).get_by_role("img", name="Muted")).to_be_visible()
    page.evaluate(LOSE_FOCUS)
    bob.say(alice.username, "not so loud")
    for device_page in (page, other):
        expect(line(device_page, full_name(bob)).locator(".badge-quiet")).to_contain_text("1")
        expect(device_page).to_have_title("chatapp")
    carol.say(alice.username, "hello")
    wait_until(page, "() => shown.length === 1")
    assert page.evaluate("shown[0].body") == "hello"
    expect(other).to_have_title("(1) chatapp")
    assert page.evaluate("badges.at(-1)") == 1
    page.get_by_role("button", name="Details").click()
    page.get_by_label("Mute this conversation").click()
    expect(other).to_have_title("(2) chatapp")
    expect(other.locator(".line-muted")).to_have_count(0)
    assert page.evaluate("badges.at(-1)") == 2


@pytest.mark.slow
def test_marked_as_unread_stays_until_it_is_read_again(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_person(), new_api_user(), new_api_user()
    device = new_person(alice.username)
    bob.say(alice.username, "one", "two", "three")
    page, other = alice.open(f"#/u/{bob.username}"), device.open(f"#/u/{bob.username}")
    for device_page in (page, other):
        expect(bubble(device_page, "three")).to_be_visible()
        expect(device_page).to_have_title("chatapp")
    choose(page, "Mark as unread")
    for device_page in (page, other):
        # The conversation is open on both, and stays marked.
        expect(line(device_page, full_name(bob)).locator(".badge")).to_contain_text("1")
        expect(device_page).to_have_title("(1) chatapp")
    expect(page.get_by_text("New messages", exact=True)).to_be_visible()
    other.reload()
    # Opening it again reads it again.
    for device_page in (page, other):
        expect(line(device_page, full_name(bob)).locator(".badge")).to_have_count(0)
        expect(device_page).to_have_title("chatapp")
    page.evaluate(f"location.hash = '#/u/{carol.username}'")
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    choose(other, "Mark as unread")
    alice.context.set_offline(False)
    expect(page).to_have_title("(1) chatapp", timeout=15_000)
    page.evaluate(f"location.hash = '#/u/{bob.username}'")
    expect(page.get_by_text("New messages", exact=True)).to_be_visible()
    expect(line(other, full_name(bob)).locator(".badge")).to_have_count(0)


@pytest.mark.slow
def test_hours_without_disturbance_hold_on_all_devices(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(permissions=["notifications"]), new_api_user()
    device = new_person(alice.username)
    page, other = open_with_records(alice), device.open()
    page.evaluate(LOSE_FOCUS)
    other.get_by_role("button", name="Settings").click()
    switch = other.get_by_role("switch", name="Do not disturb")
    switch.check()
    expect(other.get_by_label("From")).to_have_value("22:00")
    other.get_by_label("To", exact=True).fill("23:59")
    other.get_by_label("From").fill("00:00")
    saved = "async () => Object.values((await (await fetch('/settings')).json()).settings.doNotDisturb ?? {}).join()"
    wait_until(page, f"async () => (await ({saved})()).startsWith('00:00,23:59')")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("To", exact=True)).to_have_value("23:59")
    bob.say(alice.username, "not now")
    expect(line(page, full_name(bob))).to_contain_text("not now")
    expect(page).to_have_title("(1) chatapp")
    expect(other.get_by_label("Sunday")).to_be_checked()
    switch.uncheck()
    for device_page in (page, other):
        expect(device_page.get_by_label("From")).to_have_count(0)
    bob.say(alice.username, "now")
    wait_until(page, "() => shown.length === 1")
    assert page.evaluate("shown[0].body") == "now"


@pytest.mark.slow
def test_a_message_and_all_after_it_are_marked_as_unread(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, "one", "two", "three")
    page = alice.open(f"#/u/{bob.username}")
    expect(page).to_have_title("chatapp")
    bubble(page, "two").hover()
    page.locator(".row-message", has_text="two").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Mark as unread from here").click()
    expect(page).to_have_title("(2) chatapp")
    rows = page.locator(".row-new, .row-message")
    expect(rows.nth(1)).to_have_class("row-new")
