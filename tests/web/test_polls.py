"""Two people create polls, vote and close them; one of them is away in between."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble
from tests.web.server import ApiUser
from tests.web.test_message_changes import menu

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def poll(page: Page, question: str) -> Locator:
    return page.locator(".poll").filter(has_text=question)


def ask(page: Page, question: str, *options: str) -> Locator:
    """Opens the dialog by the keyboard and fills it."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("new poll")
    page.keyboard.press("Enter")
    return fill_poll(page, question, *options)


def fill_poll(page: Page, question: str, *options: str) -> Locator:
    dialog = page.get_by_role("dialog", name="New poll")
    dialog.get_by_label("Question").fill(question)
    for number, option in enumerate(options, start=1):
        dialog.get_by_label(f"Option {number}", exact=True).fill(option)
    return dialog


@pytest.mark.slow
def test_a_poll_is_created_voted_on_and_closed(new_person: NewPerson) -> None:
    alice, bob = new_person(bypass_csp=True), new_person()
    page, other = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    dialog = ask(page, "Where to eat?", "Pizza", "pizza")
    dialog.get_by_role("button", name="Create the poll").click()
    expect(dialog.get_by_role("alert")).to_contain_text("twice")
    dialog.get_by_label("Option 2").fill("Noodles")
    expect(dialog.get_by_label("Option 3")).to_be_visible()
    assert violations(page) == []
    take_screenshot(page, "new-poll")
    dialog.get_by_role("button", name="Create the poll").click()
    expect(dialog).to_have_count(0)

    group = poll(other, "Where to eat?").get_by_role("radiogroup", name="Where to eat?")
    group.get_by_role("radio", name="Noodles").check()
    expect(poll(page, "Where").locator(".poll-count")).to_have_text(["0 votes", "1 vote"])
    expect(poll(page, "Where").get_by_role("radio", name="Noodles")).not_to_be_checked()
    bob.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()
    # Refused while away: the vote is shown at once, and taken back.
    group.get_by_role("radio", name="Pizza").click()
    expect(other.locator(".notice")).to_contain_text("server")
    expect(group.get_by_role("radio", name="Noodles")).to_be_checked()

    poll(page, "Where").get_by_role("radio", name="Pizza").check()
    poll(page, "Where").get_by_role("button", name="Take my vote back").click()
    expect(poll(page, "Where").get_by_role("radio", name="Pizza")).not_to_be_checked()
    poll(page, "Where").get_by_role("radio", name="Noodles").check()
    poll(page, "Where").get_by_role("button", name="Who voted").click()
    voters = page.get_by_role("dialog", name="Who voted")
    expect(voters.locator(".reactors").nth(1).get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Escape")
    menu(page, "Where to eat?", "Close the poll")
    expect(poll(page, "Where").locator(".poll-kind")).to_have_text("Closed")

    bob.context.set_offline(False)
    expect(poll(other, "Where").locator(".poll-kind")).to_have_text("Closed", timeout=15_000)
    expect(group.locator(".poll-count")).to_have_text(["0 votes", "2 votes"])
    expect(group.get_by_role("radio", name="Noodles")).to_be_checked()
    expect(group.get_by_role("radio", name="Noodles")).to_be_disabled()
    assert violations(page) == []
    take_screenshot(page, "poll-closed")


@pytest.mark.slow
def test_an_anonymous_poll_on_a_phone_and_my_vote_on_another_device(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_api_user(), new_person(**PHONE, color_scheme="dark", bypass_csp=True)
    body: dict[str, Any] = {"receiver": bob.username, "question": "Was?", "options": ["א" * 100, "b" * 100]}
    alice.request("POST", "polls", {**body, "isMultiple": True, "isAnonymous": True})
    for number in range(9):
        alice.say(bob.username, f"line {number}")
    page = bob.open(f"#/u/{alice.username}")
    second = bob.context.new_page()
    second.goto(page.url)
    boxes = poll(page, "Was?").get_by_role("group", name="Was?").get_by_role("checkbox")
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(1).check()
    expect(poll(second, "Was?").get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(poll(page, "Was?").locator(".poll-kind")).to_have_text("Choose any number · Anonymous")
    expect(poll(page, "Was?").get_by_role("button", name="Who voted")).to_have_count(0)
    assert fits(page)
    take_screenshot(page, "poll-phone-dark")
    assert violations(page) == []
    page.locator(".scroller").press("End")
    expect(bubble(page, "line 8")).to_be_in_viewport(ratio=1)
    late: list[Any] = []
    page.route("**/polls/view.js", lambda route: late.append(route))
    page.reload()
    expect(bubble(page, "line 8")).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(500)
    late[0].continue_()
    expect(boxes.nth(1)).to_be_checked()
    # The last message stays in sight, although the poll above it is drawn late.
    expect(bubble(page, "line 8")).to_be_in_viewport(ratio=1)
