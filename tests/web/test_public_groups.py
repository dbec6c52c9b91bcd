"""Public and announcement groups on the page: made, found, joined, read, and what each of two people may do in them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.people import wait_until
from tests.web.faked_responses import fail
from tests.web.group_dialog import details, press
from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person, bubble, composer, line, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

CLOSED = "Only owners and admins write in this group."
TINY = {"viewport": {"width": 320, "height": 568}}


def found(dialog: Locator) -> Locator:
    return dialog.locator(".found-group")


@pytest.mark.slow
def test_an_announcement_group_is_made_found_and_joined_and_its_setting_applies_at_once(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, theirs = alice.open(), bob.open()
    name = f"Regatta {alice.username}"
    page.get_by_role("button", name="New group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Group name").fill(name)
    dialog.get_by_text("More options").click()
    dialog.get_by_label("Topic", exact=True).fill("x" * 251)
    press(dialog, "Create group")
    expect(dialog.get_by_role("alert").get_by_text("A topic may have up to 250 characters.")).to_be_visible()
    dialog.get_by_label("Topic", exact=True).fill("Sundays at nine")
    dialog.get_by_label("Description", exact=True).fill("Bring a hat.\nAnd water.")
    dialog.get_by_label("Public group").click()
    dialog.get_by_label("Only owners and admins write").click()
    press(dialog, "Create group")
    expect(page.locator(".conversation-topic")).to_have_text("Sundays at nine")
    write(page, "welcome")

    theirs.keyboard.press("g")
    search = theirs.get_by_label("Search public groups")
    expect(search).to_be_focused()
    search.fill(f"regatta {alice.username.upper()}")
    expect(found(theirs.get_by_role("dialog"))).to_have_count(1)
    group = found(theirs.get_by_role("dialog"))
    expect(group).to_contain_text("1 member")
    group.get_by_text("Description").click()
    expect(group.get_by_text("Bring a hat.")).to_be_visible()
    group.get_by_role("button", name=f"Join {name}").click()
    expect(theirs.get_by_role("heading", name=name)).to_be_visible()
    expect(theirs.locator(".conversation-topic")).to_have_text("Sundays at nine")
    expect(bubble(theirs, "welcome")).to_be_visible()
    expect(theirs.get_by_text(CLOSED)).to_be_visible()
    expect(composer(theirs)).to_have_count(0)
    expect(page.get_by_text("2 members, 2 online")).to_be_visible()

    dialog = details(page)
    press(dialog, "Change settings")
    dialog.get_by_label("Only owners and admins write").click()
    composer(theirs).fill("half a thought")
    expect(dialog.get_by_label("Only owners and admins write")).not_to_be_checked()
    dialog.get_by_label("Only owners and admins write").click()
    expect(theirs.get_by_text(CLOSED)).to_be_visible()
    expect(theirs.get_by_label("What you had not sent yet")).to_have_value("half a thought")
    # Their page may hear of the change first. Until the dialog shows it, a click would choose the same again.
    expect(dialog.get_by_label("Only owners and admins write")).to_be_checked()
    dialog.get_by_label("Only owners and admins write").click()
    expect(composer(theirs)).to_have_value("half a thought")
    composer(theirs).press("Enter")
    press(dialog, "Back", "Edit topic and description")
    dialog.get_by_label("Topic", exact=True).fill("")
    press(dialog, "Save")
    expect(dialog.get_by_role("button", name="Edit topic and description")).to_be_focused()
    expect(theirs.locator(".conversation-topic")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(bubble(page, "half a thought")).to_be_visible()


@pytest.mark.slow
def test_the_address_of_a_public_group_leads_to_an_invitation_and_of_a_private_one_to_nothing(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_api_user(), new_person()
    group = alice.make_group("Open house")
    page = bob.open(f"#/g/{group}")
    expect(page.get_by_text("There is no such group, or you are not in it.")).to_be_visible()
    alice.request("PATCH", f"group/{group}", {"isPublic": True, "description": "Come in.", "sharesHistory": False})
    alice.say(group, "for members only", group=True)
    page.reload()
    expect(page.get_by_text("Come in.")).to_be_visible()
    expect(page.get_by_text("for members only")).to_have_count(0)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Open house")).to_be_visible()
    expect(line(page, "Open house")).to_be_visible()
    write(page, "hello")
    wait_until(lambda: alice.messages(group, group=True) == ["for members only", "hello"], "the newcomer's message")


@pytest.mark.slow
@pytest.mark.parametrize("options", [PHONE, TINY, {"forced_colors": "active"}, {"color_scheme": "dark"}])
def test_finding_groups_fits_passes_axe_and_says_what_went_wrong(
    new_person: NewPerson, new_api_user: NewApiUser, options: dict[str, object]
) -> None:
    alice, bob = new_api_user(), new_person(**options, bypass_csp=True)
    name = f"Harbour {alice.username} with a name that goes on"
    body = {"groupName": name, "topic": "word " * 50, "description": "Bring a hat.", "isPublic": True, "users": []}
    group = alice.request("POST", "group", {**body, "writers": "admins"})["newGroup"]["groupId"]
    page = bob.open(f"#/g/{group}")
    expect(page.locator(".invitation")).to_be_visible()
    assert_fits_and_passes_axe(page)
    page.goto(f"{bob.server.url}#/")
    page.get_by_role("button", name="Find groups").click()
    dialog = page.get_by_role("dialog")
    search = dialog.get_by_label("Search public groups")
    search.fill("no such group")
    expect(dialog.get_by_text("Nothing found for")).to_be_visible()
    repair = fail(page, "/groups/public")
    search.fill(f"harbour {alice.username}")
    expect(dialog.get_by_text("The groups could not be loaded.")).to_be_visible()
    repair()
    press(dialog, "Try again")
    expect(found(dialog)).to_have_count(1)
    found(dialog).get_by_text("Description").click()
    assert_fits_and_passes_axe(page)
    alice.request("PATCH", f"group/{group}", {"isPublic": False})
    press(dialog, f"Join {name}")
    expect(dialog.get_by_role("alert")).to_have_text("That does not exist, or you have no access to it.")
    alice.request("PATCH", f"group/{group}", {"isPublic": True})
    press(dialog, f"Join {name}")
    expect(page.get_by_text(CLOSED)).to_be_visible()
    assert_fits_and_passes_axe(page)


def assert_fits_and_passes_axe(page: Page) -> None:
    assert fits(page)
    assert violations(page) == []
