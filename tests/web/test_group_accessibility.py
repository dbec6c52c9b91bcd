"""The group dialog fits every screen, passes axe, and works with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.group_dialog import (
    LAST_OWNER,
    details,
    member,
    members,
    press,
)
from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [{}, PHONE, {"viewport": {"width": 320, "height": 568}}, {"forced_colors": "active"}]
)
def test_every_page_of_the_details_fits_and_passes_axe(
    new_person: NewPerson, new_api_user: NewApiUser, options: dict[str, object]
) -> None:
    alice, bob = new_person(**options, bypass_csp=True), new_api_user()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
    page = alice.open(f"#/g/{group}")
    dialog = details(page)
    expect(members(dialog)).to_have_count(2)
    expect(dialog.get_by_text("Everybody may pin messages.")).to_be_visible()
    assert_fits_and_passes_axe(page)
    press(dialog, "Rename the group")
    assert_fits_and_passes_axe(page)
    press(dialog, "Cancel", "Add a topic or description")
    assert_fits_and_passes_axe(page)
    press(dialog, "Cancel", "Change settings")
    assert_fits_and_passes_axe(page)
    press(dialog, "Back", "Add people")
    assert_fits_and_passes_axe(page)
    press(dialog, "Back")
    member(dialog, bob).get_by_role("button").click()
    dialog.get_by_label("Admin").check()
    assert_fits_and_passes_axe(page)
    press(dialog, "Remove from the group")
    assert_fits_and_passes_axe(page)
    press(dialog, "Back", "Back", "Leave the group")
    dialog.get_by_role("button", name="Leave the group").click()
    expect(dialog.get_by_text(LAST_OWNER)).to_be_visible()
    assert_fits_and_passes_axe(page)
    press(dialog, "Delete the group")
    assert_fits_and_passes_axe(page)


def assert_fits_and_passes_axe(page: Page) -> None:
    assert fits(page)
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    assert violations(page) == []


@pytest.mark.slow
def test_members_are_managed_with_the_keyboard_alone_and_the_focus_returns(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob, carol = new_person(), new_api_user(), new_api_user()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
    page = alice.open(f"#/g/{group}")
    press_key = page.keyboard.press
    page.get_by_role("button", name="Details").focus()
    press_key("Enter")
    dialog = page.get_by_role("dialog")
    add = dialog.get_by_role("button", name="Add people")
    tab_to(page, add)
    press_key("Enter")
    expect(dialog.get_by_role("heading", name="Add people")).to_be_focused()
    tab_to(page, dialog.get_by_label("Type a name"))
    page.keyboard.type(carol.username)
    press_key("Enter")
    tab_to(page, dialog.get_by_role("button", name="Add 1 person"))
    press_key("Enter")
    expect(add).to_be_focused()
    expect(members(dialog)).to_have_count(3)
    tab_to(page, members(dialog).first.get_by_role("button"))
    press_key("ArrowDown")
    expect(member(dialog, bob).get_by_role("button")).to_be_focused()
    press_key("Enter")
    expect(dialog.get_by_role("heading", name="Member")).to_be_focused()
    tab_to(page, dialog.get_by_label("Member", exact=True))
    press_key("ArrowLeft")
    press_key("Enter")
    expect(dialog.get_by_role("button", name="Change role")).to_be_disabled()
    tab_to(page, dialog.get_by_role("button", name="Back"))
    press_key("Enter")
    expect(member(dialog, bob).locator(".role")).to_have_text("Admin")
    expect(member(dialog, bob).get_by_role("button")).to_be_focused()
    press_key("Escape")
    expect(page.get_by_role("button", name="Details")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    """Presses the Tab key until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there.")
