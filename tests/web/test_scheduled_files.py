"""Messages with files that are sent later: scheduled at the message field, changed in the list, sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import take_screenshot, violations
from tests.web.people import Person, bubble, composer
from tests.web.sent_files import attach, attached, text
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_a_message_with_files_is_sent_later_and_loses_one(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    attach(page, text("agenda.txt", "points"), text("notes.txt", "more"))
    page.get_by_role("button", name="Send later").click()
    dialog = page.get_by_role("dialog", name="Send later")
    expect(dialog.locator("li")).to_contain_text(["agenda.txt", "notes.txt"])
    take_screenshot(page, "send-later-files")
    assert violations(page) == []
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_have_count(0)
    expect(attached(page)).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="1 scheduled message").click()
    listed = page.get_by_role("dialog", name="Scheduled messages")
    expect(listed).to_contain_text("2 files")
    listed.get_by_role("button", name="Change").click()
    listed.get_by_role("button", name="Remove notes.txt").click()
    listed.get_by_label("Text").fill("for tomorrow")
    take_screenshot(page, "scheduled-files")
    assert violations(page) == []
    listed.get_by_role("button", name="Save the change").click()
    expect(listed).to_contain_text("agenda.txt")
    listed.get_by_role("button", name="Send now").click()
    expect(listed).to_contain_text("Nothing is scheduled")
    page.keyboard.press("Escape")
    expect(bubble(page, "for tomorrow")).to_contain_text("agenda.txt")
    expect(bubble(page, "for tomorrow")).not_to_contain_text("notes.txt")


@pytest.mark.slow
def test_files_are_sent_when_a_message_is_scheduled_after_a_lost_network(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    composer(page).fill("with a file")
    attach(page, text("agenda.txt", "points"))
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    page.get_by_role("button", name="Send later").click()
    dialog = page.get_by_role("dialog", name="Send later")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(attached(page)).to_have_count(1)
    alice.context.set_offline(False)
    expect(page.locator(".banner")).to_have_count(0, timeout=15_000)
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_have_count(0)
    expect(composer(page)).to_have_value("")
    expect(attached(page)).to_have_count(0)
    [one] = ApiUser(alice.server, alice.username).request("GET", "scheduled")["scheduled"]
    assert (one["content"], [file["name"] for file in one["files"]]) == ("with a file", ["agenda.txt"])
