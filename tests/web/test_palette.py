"""The palette: finds people, groups, commands and messages; a hit opens its place in the history."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person, bubble, composer, wait_until
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Messages, people, groups, commands")


def options(page: Page, group: str) -> Locator:
    return page.get_by_role("group", name=group).get_by_role("option")


def seek(page: Page, text: str) -> Locator:
    """Types into the palette. Returns the messages found."""
    field(page).fill(text)
    return options(page, "Messages")


@pytest.mark.slow
def test_a_message_far_up_is_found_and_opened_at_its_place(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_person(bypass_csp=True), new_api_user(), new_api_user()
    group = carol.make_group("Weekend plans", alice.username, bob.username)
    bob.say(alice.username, "今天晚上一起去吃饭好吗", "Das Café am Bahnhof", "see you at the station")
    bob.say(alice.username, *[f"filler {number}" for number in range(240)])
    carol.say(group, "who brings the café chairs?", "at station the", group=True)
    page = alice.open()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    expect(page.get_by_text("Narrow a search for messages")).to_be_visible()
    assert violations(page) == []
    words_in_any_script(page, bob, carol)
    keys_move_and_open(page, bob)
    people_groups_and_commands(page)


@pytest.mark.slow
def test_a_message_is_found_by_the_name_of_its_file(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "as you wished", SentFile("Bahnhof Café.txt", "text/plain", b"bytes"))
    page = alice.open()
    page.keyboard.press("Control+k")
    expect(seek(page, "cafe")).to_have_count(1)
    expect(page.locator("mark")).to_have_text("Café")
    expect(options(page, "Messages")).to_contain_text("Bahnhof Café.txt")
    expect(options(page, "Messages")).not_to_contain_text("as you wished")
    expect(seek(page, "cafe wished")).to_have_count(1)
    expect(page.locator("mark")).to_have_text(["Café", "wished"])


def words_in_any_script(page: Page, bob: ApiUser, carol: ApiUser) -> None:
    expect(seek(page, "晚上")).to_have_count(1)
    expect(page.locator("mark")).to_have_text("晚上")
    expect(seek(page, "饭")).to_have_count(1)
    expect(seek(page, "CAFE")).to_have_count(2)
    expect(options(page, "Messages").first).to_contain_text("in Weekend plans")
    expect(page.locator("mark").first).to_have_text("café")
    expect(seek(page, '"the station"')).to_have_count(1)
    expect(seek(page, "stat")).to_have_count(2)
    expect(seek(page, f"café from:{bob.username}")).to_have_count(1)
    expect(seek(page, 'café in:"weekend plans"')).to_have_count(1)
    expect(seek(page, "café before:2000-01-01")).to_have_count(0)
    expect(page.get_by_text(re.compile("^Nothing found for"))).to_be_visible()
    expect(seek(page, "from:nobody-at-all")).to_have_count(0)
    expect(page.get_by_text("There is no such person or group.")).to_be_visible()
    expect(seek(page, f"filler from:{bob.username}")).to_have_count(21)
    options(page, "Messages").last.click()
    expect(options(page, "Messages")).to_have_count(41)
    page.get_by_role("radio", name="Best").check()
    expect(options(page, "Messages")).to_have_count(21)
    assert carol.messages


def keys_move_and_open(page: Page, bob: ApiUser) -> None:
    """The arrow keys choose, Enter opens at the message, which is marked for a moment."""
    expect(seek(page, "bahnhof")).to_have_count(1)
    expect(field(page)).to_have_attribute("aria-activedescendant", re.compile("^palette-[0-9]+-2$"))
    assert violations(page) == []
    field(page).press("ArrowDown")
    field(page).press("ArrowUp")
    field(page).press("Enter")
    expect(field(page)).to_have_count(0)
    expect(bubble(page, "Das Café am Bahnhof")).to_be_in_viewport()
    expect(page.locator(".row-message.target")).to_contain_text("Bahnhof")
    expect(bubble(page, "filler 239")).to_have_count(0)
    expect(composer(page)).to_be_focused()
    assert re.fullmatch(r"#/c/\d+/2", page.evaluate("location.hash"))
    page.get_by_role("button", name="Jump to the latest message").click()
    expect(bubble(page, "filler 239")).to_be_in_viewport()


def test_keys_work_at_once_after_escape_has_closed_a_dialog(new_person: Callable[..., Person]) -> None:
    page = new_person().open()
    # As late as it comes on a busy machine.
    page.evaluate("document.addEventListener('close', (event) => event.stopPropagation(), true)")
    for _ in range(2):
        page.keyboard.press("Control+k")
        expect(field(page)).to_be_focused()
        page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def people_groups_and_commands(page: Page) -> None:
    page.keyboard.press("Control+k")
    field(page).fill("weekend")
    expect(options(page, "People and groups")).to_have_text([re.compile("Weekend plans")])
    field(page).press("Enter")
    expect(page.get_by_role("heading", name="Weekend plans")).to_be_visible()
    page.keyboard.press("Control+k")
    field(page).fill("sett")
    expect(options(page, "Commands")).to_have_text(["Settings"])
    field(page).press("Enter")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(composer(page)).to_be_focused()


def test_the_palette_fits_a_phone(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(**PHONE), new_api_user()
    bob.say(alice.username, f"a rather long message about apples {'and pears ' * 40}", "apples\nand\nlines")
    page = alice.open()
    page.get_by_role("button", name="Search everything").click()
    expect(seek(page, "apples")).to_have_count(2)
    assert fits(page)
    options(page, "Messages").last.click()
    expect(bubble(page, "a rather long message")).to_be_in_viewport()
    wait_until(page, "() => !document.querySelector('dialog')")
