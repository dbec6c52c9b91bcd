"""The dialog about a group, and what a page requests."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.people import Person
from tests.web.server import Friend

LEFT = "You are no longer in this group."
LAST_OWNER = "A group needs an owner."


def full_name(person: Person | Friend) -> str:
    return person.username.replace("user", "User ")


def details(page: Page) -> Locator:
    """The dialog about the open conversation, opened."""
    page.get_by_role("button", name="Details").click()
    return page.get_by_role("dialog")


def press(dialog: Locator, *buttons: str) -> None:
    for name in buttons:
        dialog.get_by_role("button", name=name).click()


def members(dialog: Locator) -> Locator:
    return dialog.locator(".details-members li")


def member(dialog: Locator, person: Person | Friend) -> Locator:
    return members(dialog).filter(has_text=re.compile(rf"@{person.username}(?!\d)"))


def set_role(dialog: Locator, person: Person | Friend, role: str) -> None:
    """Gives somebody a role from their page, and goes back to the group's."""
    member(dialog, person).get_by_role("button").click()
    dialog.get_by_label(role).check()
    press(dialog, "Change role")
    expect(dialog.get_by_role("button", name="Change role")).to_be_disabled()
    press(dialog, "Back")


def count_requests(page: Page, address: str) -> list[str]:
    """The requests to an address from now on."""
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url) if re.search(address, request.url) else None)
    return made
