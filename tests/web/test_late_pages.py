"""A page of messages that arrives after an event which changes one of them: the page is older, and the event stays."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web import faked_responses
from tests.web.people import Person, bubble, line, scroll_to_start
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

PAGES = r"/messages/"
MESSAGES = 120
"""So many that the first one is not in the newest page."""


def send(sender: ApiUser, receiver: str, content: str) -> str:
    body = {"receiver": receiver, "group": False, "content": content}
    message_id: str = sender.request("POST", "messages", body)["response"]["messageId"]
    return message_id


def wait_for(page: Page, asked: list[str]) -> None:
    for _ in range(200):
        if asked:
            return
        page.wait_for_timeout(50)
    raise AssertionError("No page of messages was asked for")


def name_of(user: ApiUser) -> str:
    return f"User {user.username.removeprefix('user')}"


@pytest.mark.slow
def test_a_change_that_overtakes_the_newest_page_is_shown(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    message_id = send(bob, alice.username, "first words")
    page = alice.context.new_page()
    asked, release = faked_responses.hold_answers(page, PAGES)
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    wait_for(page, asked)
    expect(line(page, name_of(bob))).to_contain_text("first words")
    bob.request("PATCH", f"message/{message_id}", {"content": "second words"})
    expect(line(page, name_of(bob))).to_contain_text("second words")
    release()
    expect(bubble(page, "second words")).to_be_visible()
    expect(bubble(page, "first words")).to_have_count(0)


@pytest.mark.slow
def test_a_deletion_that_overtakes_an_older_page_is_shown(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    message_id = send(bob, alice.username, "a secret")
    bob.say(alice.username, *(f"line {number}" for number in range(MESSAGES)))
    ApiUser(alice.server, alice.username).say(bob.username, "seen")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seen")).to_be_in_viewport()
    asked, release = faked_responses.hold_answers(page, PAGES + r".*before=")
    scroll_to_start(page)
    wait_for(page, asked)
    bob.request("DELETE", f"message/{message_id}")
    bob.say(alice.username, "the secret is gone")
    expect(line(page, name_of(bob))).to_contain_text("the secret is gone")
    release()
    scroll_to_start(page)
    expect(page.locator(".row-message.deleted")).to_be_visible()
    expect(bubble(page, "a secret")).to_have_count(0)
