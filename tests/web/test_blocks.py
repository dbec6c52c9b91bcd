"""Blocking a person in the browser, and taking it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import fits, violations
from tests.web.people import Person, composer, wait_connected
from tests.web.server import ApiUser, Server
from tests.web.test_account import open_account

NewPerson = Callable[..., Person]


@pytest.mark.slow
def test_a_blocked_person_is_heard_no_more_until_they_are_unblocked(new_person: NewPerson, server: Server) -> None:
    me, other = new_person(bypass_csp=True), new_person()
    theirs = other.open(f"#/u/{me.username}")
    page = me.open(f"#/u/{other.username}")
    tab = me.open(f"#/u/{other.username}")
    page.get_by_role("button", name="Details").click()
    page.get_by_role("switch", name="Block").click()
    expect(page.get_by_role("dialog").get_by_text("Offline")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    for one in (page, tab):
        expect(one.get_by_role("status").filter(has_text="You blocked")).to_be_visible()
        expect(composer(one)).to_have_count(0)
    assert violations(page) == []

    composer(theirs).fill("let me in")
    composer(theirs).press("Enter")
    expect(theirs.get_by_text("This person and you do not exchange messages.")).to_be_visible()
    expect(theirs.locator(".conversation-head")).not_to_contain_text("Online")

    page.reload()
    wait_connected(page)
    expect(page.get_by_role("status").filter(has_text="You blocked")).to_be_visible()
    open_account(page, "Blocked people")
    assert fits(page)
    page.get_by_role("dialog").get_by_role("button", name="Unblock").click()
    expect(page.get_by_text("You block nobody")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    for one in (page, tab):
        expect(composer(one)).to_be_visible()
        expect(one.locator(".conversation-head")).to_contain_text("Online")
    ApiUser(server, other.username).say(me.username, "hello again")
    expect(page.get_by_text("hello again").first).to_be_visible()
