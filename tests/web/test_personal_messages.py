"""Forwarding, saved messages and sending later: two people, two devices, one of them away in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chatapp.clock import now
from tests.web.group_dialog import full_name
from tests.web.page_checks import fits, violations
from tests.web.people import Person, bubble, composer, line, write
from tests.web.server import ApiUser
from tests.web.test_message_changes import menu, open_menu, row, said

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def open_palette(page: Page, command: str) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(command)
    page.keyboard.press("Enter")


@pytest.mark.slow
def test_a_message_is_forwarded_offline_to_several_with_a_comment(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob, carol = new_person(bypass_csp=True), new_api_user(), new_person()
    group_id = bob.make_group("The climbing club", alice.username)
    said(bob, group_id, "meet at *nine*", group=True)
    page, other = alice.open(f"#/g/{group_id}"), carol.open(f"#/u/{alice.username}")
    expect(bubble(page, "meet at nine")).to_be_visible()
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    row(page, "meet at nine").focus()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Forward")
    dialog.get_by_role("button", name="Forward").click()
    expect(dialog.get_by_role("alert")).to_have_text("Pick somebody first.")
    for username in (carol.username, bob.username):
        dialog.get_by_role("searchbox").fill(username)
        dialog.get_by_role("searchbox").press("Enter")
    expect(dialog.locator(".chip")).to_have_count(2)
    dialog.get_by_label("Comment").fill("can you come?")
    assert violations(page) == []
    dialog.get_by_role("button", name="Forward to 2 conversations").click()
    expect(dialog).to_have_count(0)
    alice.context.set_offline(False)

    copy = bubble(other, "meet at nine")
    expect(copy).to_contain_text(f"Forwarded from {full_name(bob)}", timeout=15_000)
    expect(bubble(other, "can you come?")).to_be_visible()
    assert "climbing" not in other.content(), "nothing of the group is told"
    carol_menu = open_menu(other, "meet at nine")
    expect(carol_menu.get_by_role("button", name="Copy link")).to_be_visible()
    expect(carol_menu.get_by_role("button", name="Show the original")).to_have_count(0)
    other.keyboard.press("Escape")
    other.reload()
    expect(copy).to_contain_text(f"Forwarded from {full_name(bob)}")

    line(page, full_name(carol)).click()
    own = bubble(page, "meet at nine")
    expect(own).to_contain_text(f"Forwarded from {full_name(bob)}")
    expect(open_menu(page, "meet at nine").get_by_role("button", name="Edit")).to_have_count(0)
    page.get_by_role("button", name="Show the original").click()
    expect(page.locator(".row-message.target")).to_contain_text("meet at nine")
    expect(page.get_by_role("heading", name="The climbing club")).to_be_visible()


@pytest.mark.slow
def test_saved_messages_are_the_same_on_two_devices(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    device = new_person(alice.username)
    first = said(bob, alice.username, "the door code is 1234")
    bob.say(alice.username, *(f"filling {number}" for number in range(110)))
    page, other = alice.open(f"#/u/{bob.username}"), device.open(f"#/u/{bob.username}")
    menu(page, "filling 109", "Save")
    expect(row(page, "filling 109").get_by_role("img", name="Saved")).to_be_visible()
    expect(row(other, "filling 109").get_by_role("img", name="Saved")).to_be_visible()
    device.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()
    alice_api = ApiUser(alice.server, alice.username)
    alice_api.request("PUT", f"message/{first['messageId']}/saved", {})
    row(page, "filling 109").focus()
    page.keyboard.press("s")
    expect(row(page, "filling 109").get_by_role("img", name="Saved")).to_have_count(0)
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Saved messages")
    expect(dialog.locator("li")).to_have_count(1)
    assert violations(page) == []
    dialog.get_by_role("button", name="the door code").click()
    expect(page.locator(".row-message.target")).to_contain_text("the door code is 1234")
    expect(page.locator(".row-message.target").get_by_role("img", name="Saved")).to_be_visible()

    device.context.set_offline(False)
    expect(row(other, "filling 109").get_by_role("img", name="Saved")).to_have_count(0, timeout=15_000)
    other.reload()
    expect(bubble(other, "filling 109")).to_be_visible()
    open_palette(other, "saved")
    saved = other.get_by_role("dialog", name="Saved messages")
    expect(saved.locator("li")).to_contain_text("the door code")
    saved.get_by_role("button", name="Remove from saved messages").click()
    expect(saved).to_contain_text("Nothing is saved")
    expect(page.locator(".row-message.target").get_by_role("img", name="Saved")).to_have_count(0)


@pytest.mark.slow
def test_a_message_is_sent_later_changed_and_sent_now(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    device = new_person(alice.username)
    page, other = alice.open(f"#/u/{bob.username}"), device.open(f"#/u/{bob.username}")
    composer(page).fill("good morning")
    composer(page).press("Control+Shift+Enter")
    dialog = page.get_by_role("dialog", name="Send later")
    dialog.get_by_label("Date").fill("2020-01-01")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_role("alert")).to_contain_text("in the future")
    dialog.get_by_label("Date").fill((now() + timedelta(days=500)).date().isoformat())
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_role("alert")).to_contain_text("366 days")
    expect(composer(page)).to_have_value("good morning")
    dialog.get_by_role("button", name="Tomorrow morning").click()
    expect(dialog.get_by_label("Time")).to_have_value("09:00")
    assert violations(page) == []
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_have_count(0)
    expect(composer(page)).to_have_value("")
    for device_page in (page, other):
        expect(device_page.get_by_role("button", name="1 scheduled message")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="1 scheduled message").click()
    shown = page.get_by_role("dialog", name="Scheduled messages")
    shown.get_by_role("button", name="Change").click()
    shown.get_by_label("Text").fill("good morning!")
    assert violations(page) == []
    shown.get_by_role("button", name="Save the change").click()
    expect(shown.locator("li")).to_contain_text("good morning!")
    open_palette(other, "scheduled")
    there = other.get_by_role("dialog", name="Scheduled messages")
    expect(there.locator("li")).to_contain_text("good morning!")
    there.get_by_role("button", name="Send now").click()
    expect(there).to_contain_text("Nothing is scheduled")
    expect(shown).to_contain_text("Nothing is scheduled")
    page.keyboard.press("Escape")
    expect(bubble(page, "good morning!")).to_be_visible()
    expect(page.locator(".scheduled-line")).to_have_count(0)
    assert bob.messages(alice.username) == ["good morning!"]


@pytest.mark.slow
def test_on_a_narrow_page_a_failed_message_says_why(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(viewport={"width": 320, "height": 640}), new_api_user()
    group_id = bob.make_group("News", alice.username)
    page = alice.open(f"#/g/{group_id}")
    alice_api = ApiUser(alice.server, alice.username)
    due_at = (now() + timedelta(hours=1)).isoformat()
    body: dict[str, Any] = {"receiver": group_id, "group": True, "content": "breaking", "dueAt": due_at}
    alice_api.request("POST", "scheduled", {**body, "clientId": "7b0d9a3c-1f5e-4a55-9a52-0a1f7c1d2e3f"})
    write(page, "hello")
    composer(page).fill("a draft")
    expect(page.get_by_role("button", name="Send later")).to_be_visible()
    bob.request("PATCH", f"group/{group_id}", {"writers": "admins"})
    expect(page.get_by_role("status").filter(has_text="admins")).to_be_visible()
    page.get_by_role("button", name="Back").first.click()
    open_palette(page, "scheduled")
    dialog = page.get_by_role("dialog", name="Scheduled messages")
    dialog.get_by_role("button", name="Send now").click()
    expect(dialog).to_contain_text("Not sent: Only owners and admins may write")
    assert fits(page)
