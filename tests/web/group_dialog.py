"""The dialog about a group, and the requests of a page."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.people import Person
from tests.web.server import ApiUser

LEFT = "You are no longer in this group."
LAST_OWNER = "A group needs an owner."


def full_name(person: Person | ApiUser) -> str:
    return person.username.replace("user", "User ")


def details(page: Page) -> Locator:
    """Opens the dialog about the open conversation."""
    page.get_by_role("button", name="Details").click()
    return page.get_by_role("dialog")


def press(dialog: Locator, *buttons: str) -> None:
    for name in buttons:
        dialog.get_by_role("button", name=name).click()


def members(dialog: Locator) -> Locator:
    return dialog.locator(".details-members li")


def member(dialog: Locator, person: Person | ApiUser) -> Locator:
    return members(dialog).filter(has_text=re.compile(rf"@{person.username}(?!\d)"))


def set_role(dialog: Locator, person: Person | ApiUser, role: str) -> None:
    """Sets a member's role on the member's page of the dialog, and goes back to its first page."""
    member(dialog, person).get_by_role("button").click()
    dialog.get_by_label(role).check()
    press(dialog, "Change role")
    expect(dialog.get_by_role("button", name="Change role")).to_be_disabled()
    press(dialog, "Back")


def requests_to(page: Page, address: str) -> list[str]:
    """The list to which the page's requests to an address are added."""
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url) if re.search(address, request.url) else None)
    return made
