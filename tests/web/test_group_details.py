"""Creating, renaming and deleting a group on the page, and its shared history."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.group_dialog import (
    LEFT,
    details,
    press,
)
from tests.web.people import Person, bubble, line
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_a_retried_group_creation_creates_one_group(new_person: NewPerson) -> None:
    page = new_person().open()
    page.route(re.compile("/group$"), lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Group name").fill("Only once")
    press(page.get_by_role("dialog"), "Create group")
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    page.unroute(re.compile("/group$"))
    press(page.get_by_role("dialog"), "Create group")
    expect(page.get_by_role("heading", name="Only once")).to_be_visible()
    expect(line(page, "Only once")).to_have_count(1)


@pytest.mark.slow
def test_all_members_see_a_new_group_name_at_once(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    expect(theirs.get_by_role("heading", name="Rowing")).to_be_visible()
    dialog = details(page)
    press(dialog, "Rename the group")
    field = dialog.get_by_label("Group name")
    expect(field).to_be_focused()
    field.fill("x" * 101)
    field.press("Enter")
    expect(dialog.get_by_text("up to 100 characters")).to_be_visible()
    field.fill("Rowing and sailing")
    field.press("Enter")
    expect(dialog.get_by_role("button", name="Rename the group")).to_be_focused()
    expect(dialog.locator(".details-name")).to_have_text("Rowing and sailing")
    expect(theirs.get_by_role("heading", name="Rowing and sailing")).to_be_visible()
    expect(line(theirs, "Rowing and sailing")).to_be_visible()
    expect(details(theirs).get_by_role("button", name="Rename the group")).to_have_count(0)


@pytest.mark.slow
def test_a_new_member_sees_earlier_messages_if_the_group_shares_history(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    founder = ApiUser(alice.server, alice.username)
    group = founder.make_group("Rowing")
    founder.say(group, "said before", group=True)
    page, theirs = alice.open(f"#/g/{group}"), bob.open()
    dialog = details(page)
    press(dialog, "Change settings")
    dialog.get_by_label("New members see earlier messages").click()
    expect(dialog.get_by_label("New members see earlier messages")).not_to_be_checked()
    founder.request("POST", f"group/{group}/members", {"users": [{"username": bob.username}]})
    line(theirs, "Rowing").click()
    expect(theirs.get_by_text("Rowing is new.")).to_be_visible()
    expect(bubble(theirs, "said before")).to_have_count(0)
    dialog.get_by_label("New members see earlier messages").click()
    expect(bubble(theirs, "said before")).to_be_visible()


@pytest.mark.slow
def test_a_deleted_group_disappears_for_all_members(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    group = ApiUser(alice.server, alice.username).make_group("Rowing", bob.username)
    page, theirs = alice.open(f"#/g/{group}"), bob.open(f"#/g/{group}")
    dialog, bobs_dialog = details(page), details(theirs)
    press(dialog, "Delete the group")
    expect(dialog.get_by_text("Delete “Rowing”?")).to_be_visible()
    dialog.get_by_role("button", name="Delete the group").click()
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    expect(theirs.get_by_text(LEFT)).to_be_visible()
    expect(bobs_dialog).to_have_count(0)
    theirs.reload()
    # A reload may come before the page has stored that the group is gone. The page then hears of it once more.
    missing = theirs.get_by_text("There is no such group, or you are not in it.")
    expect(missing.or_(theirs.get_by_text(LEFT))).to_be_visible()
    for tab in (page, theirs):
        expect(line(tab, "Rowing")).to_have_count(0)
