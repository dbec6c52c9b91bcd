"""The address of a message: it opens the conversation there, however far up that is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.people import Person, bubble, bubbles, scroll, scroll_to_start, wait_connected, wait_until, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

COUNT = 420


@pytest.mark.slow
def test_the_address_of_a_message_opens_it_in_its_history(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *[f"line {number}." for number in range(1, COUNT + 1)])
    number = conversation_number(bob, alice.username)
    page = alice.open(f"#/c/{number}/60")
    expect(bubble(page, "line 60.")).to_be_in_viewport()
    expect(page.locator(".row-message.target .bubble")).to_have_count(1)
    expect(page.locator(".row-message.target")).to_contain_text("line 60.")
    expect(page.locator(".row-message.target")).to_have_count(0)
    expect(bubble(page, f"line {COUNT}.")).to_have_count(0)
    read_on_to_the_start(page)
    read_on_to_the_end(page)
    go_there_and_back(page, number, bob)
    somebody_writes_meanwhile(page, number, alice, bob)


def conversation_number(bob: ApiUser, username: str) -> str:
    [newest] = bob.request("GET", f"messages/{bob.username}/{username}?group=no&limit=1")
    return str(newest["messageId"].split("-")[0])


def read_on_to_the_start(page: Page) -> None:
    """Older messages load above the ones that were opened."""
    scroll_to_start(page)
    expect(bubble(page, "line 1.")).to_be_visible()
    scroll_to_start(page)
    expect(page.get_by_text("The beginning of this conversation")).to_be_visible()


def read_on_to_the_end(page: Page) -> None:
    """Newer messages load below, page by page and without a jump, until the newest ones are reached."""
    expect(page.get_by_role("button", name="Jump to the latest message")).to_be_visible()
    before = 0
    for _ in range(40):
        scroll(page, 3_000)
        wait_until(page, "() => !document.querySelector('.older')")
        lowest = int(bubbles(page).last.inner_text().split("line ")[1].split(".")[0])
        assert lowest <= before + 200, f"jumped from {before} to {lowest}"
        before = lowest
        if lowest == COUNT:
            break
    scroll(page, 3_000)
    expect(bubble(page, f"line {COUNT}.")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Jump to the latest message")).to_have_count(0)


def go_there_and_back(page: Page, number: str, bob: ApiUser) -> None:
    """A reload stays at the message; the jump to the latest leaves it, and the address with it; Back returns."""
    page.reload()
    wait_connected(page)
    expect(bubble(page, "line 60.")).to_be_in_viewport()
    page.get_by_role("button", name="Jump to the latest message").click()
    expect(bubble(page, f"line {COUNT}.")).to_be_in_viewport()
    assert page.evaluate("location.hash") == f"#/u/{bob.username}"
    page.evaluate("address => { location.hash = address }", f"#/c/{number}/300")
    expect(bubble(page, "line 300.")).to_be_in_viewport()
    page.evaluate("address => { location.hash = address }", "#/")
    page.go_back()
    expect(bubble(page, "line 300.")).to_be_in_viewport()


def somebody_writes_meanwhile(page: Page, number: str, alice: Person, bob: ApiUser) -> None:
    """A new message is not read while an old one is on the screen. Writing returns to the latest message."""
    page.evaluate("address => { location.hash = address }", f"#/c/{number}/20")
    expect(bubble(page, "line 20.")).to_be_in_viewport()
    bob.say(alice.username, "something new")
    expect(page.get_by_role("button", name="Jump to the latest message").locator(".badge")).to_have_text("1")
    expect(bubble(page, "line 20.")).to_be_in_viewport()
    write(page, "an answer")
    expect(bubble(page, "an answer")).to_be_in_viewport()
    expect(bubble(page, "something new")).to_be_in_viewport()


@pytest.mark.slow
def test_the_same_address_serves_both_people_and_nobody_else(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, mallory = new_api_user(), new_person(), new_person()
    alice.say(bob.username, *[f"word {number}." for number in range(1, 131)])
    address = f"#/c/{conversation_number(alice, bob.username)}/3"
    hers = new_person(alice.username).open(address)
    for page in (bob.open(address), hers):
        expect(bubble(page, "word 3.")).to_be_in_viewport()
    theirs = mallory.open(address)
    expect(theirs.get_by_text("There is no such group, or you are not in it.")).to_be_visible()
    expect(bubbles(theirs)).to_have_count(0)
