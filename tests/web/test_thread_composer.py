"""Polls and messages for later from the field of a thread: two people, one of them away in between."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import ApiUser
from tests.web.test_message_changes import menu, said
from tests.web.test_polls import fill_poll
from tests.web.test_threads import field, pane, said_in

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def open_thread(person: Person, group_id: str, text: str) -> Page:
    page = person.open(f"#/g/{group_id}")
    menu(page, text, "Reply in thread")
    expect(pane(page)).to_be_visible()
    return page


@pytest.mark.slow
def test_a_thread_has_polls_and_messages_for_later_also_for_who_was_away(new_person: NewPerson) -> None:
    alice, bob = new_person(bypass_csp=True), new_person()
    group_id = ApiUser(alice.server, alice.username).make_group("Lunch", bob.username)
    said(ApiUser(bob.server, bob.username), group_id, "where do we eat?", group=True)
    page, other = (open_thread(person, group_id, "where do we eat?") for person in (alice, bob))
    bob.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()

    pane(page).get_by_role("button", name="New poll").click()
    dialog = fill_poll(page, "At which time?", "Noon", "One")
    dialog.get_by_role("button", name="Create the poll").click()
    expect(dialog).to_have_count(0)
    said_in(page, "At which time?").get_by_role("radio", name="One").check()
    expect(page.locator(".pane .poll")).to_have_count(0)

    field(page).fill("I have booked a table")
    pane(page).get_by_role("button", name="Send later").click()
    page.get_by_role("dialog", name="Send later").get_by_role("button", name="Schedule").click()
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()
    expect(page.locator(".pane .scheduled-line")).to_have_count(0)
    assert violations(page) == []
    pane(page).get_by_role("button", name="1 scheduled message").click()
    scheduled = page.get_by_role("dialog", name="Scheduled messages")
    expect(scheduled.locator("li")).to_contain_text("Thread in Lunch")
    scheduled.get_by_role("button", name="Send now").click()
    expect(scheduled).to_contain_text("Nothing is scheduled")
    page.keyboard.press("Escape")
    expect(said_in(page, "I have booked a table")).to_be_visible()
    field(page).fill("and a boat")
    field(page).press("Control+Shift+Enter")
    expect(page.get_by_role("dialog", name="Send later")).to_contain_text("and a boat")
    page.keyboard.press("Escape")

    bob.context.set_offline(False)
    wait_connected(other)
    poll = said_in(other, "At which time?")
    expect(poll.locator(".poll-count")).to_have_text(["0 votes", "1 vote"])
    expect(said_in(other, "I have booked a table")).to_be_visible()
    poll.get_by_role("radio", name="One").check()
    expect(said_in(page, "At which time?").locator(".poll-count")).to_have_text(["0 votes", "2 votes"])
    assert texts_of(group_id, bob) == ["where do we eat?"]


def texts_of(group_id: str, person: Person) -> list[str]:
    return ApiUser(person.server, person.username).messages(group_id, group=True)


@pytest.mark.slow
def test_on_a_phone_the_palette_asks_in_the_thread_that_is_shown(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(**PHONE), new_api_user()
    said(bob, alice.username, "the plan")
    page = alice.open(f"#/u/{bob.username}")
    page.locator(".row-message").press("t")
    expect(pane(page)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("new poll")
    page.keyboard.press("Enter")
    dialog = fill_poll(page, "Agreed?", "Yes", "No")
    dialog.get_by_role("button", name="Create the poll").click()
    expect(said_in(page, "Agreed?").get_by_role("radio")).to_have_count(2)
    assert fits(page)


@pytest.mark.slow
def test_a_poll_that_a_thread_is_about_shows_my_vote_in_both_places(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    bob.request("POST", "polls", {"receiver": alice.username, "question": "Rain?", "options": ["Yes", "No"]})
    page = alice.open(f"#/u/{bob.username}")
    page.locator(".row-message").press("t")
    at_root = page.locator(".thread-root").get_by_role("radio", name="Yes")
    in_conversation = page.locator(".pane .poll").get_by_role("radio", name="Yes")
    at_root.check()
    expect(in_conversation).to_be_checked()
    expect(at_root).to_be_checked()
    in_conversation.locator("xpath=../..").get_by_role("radio", name="No").check()
    expect(page.get_by_role("radio", name="No", checked=True)).to_have_count(2)
    assert violations(page) == []
