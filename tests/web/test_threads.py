"""Threads: a pane beside the conversation, on two pages, one of them away in between, by mouse, keyboard and touch."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.page_scripts import LOSE_FOCUS, open_with_notifications
from tests.web.people import Person, wait_connected, wait_until
from tests.web.server import ApiUser
from tests.web.test_message_changes import menu, row, said

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def pane(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^Thread in "))


def field(page: Page) -> Locator:
    return page.locator("#thread-composer")


def reply(page: Page, *contents: str) -> None:
    for content in contents:
        field(page).fill(content)
        field(page).press("Enter")
        expect(field(page)).to_have_value("")


def said_in(page: Page, text: str) -> Locator:
    return page.locator(".thread .messages .row-message").filter(has_text=text)


def root(page: Page, text: str) -> Locator:
    return page.locator(".pane .row-message").filter(has_text=text)


@pytest.mark.slow
def test_a_thread_is_opened_answered_from_away_and_left(new_person: NewPerson) -> None:
    alice, bob = new_person(bypass_csp=True), new_person(bypass_csp=True)
    group_id = ApiUser(alice.server, alice.username).make_group("Lunch", bob.username)
    said(ApiUser(bob.server, bob.username), group_id, "where do we eat?", group=True)
    page, other = alice.open(f"#/g/{group_id}"), bob.open()
    bob.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()

    menu(page, "where do we eat?", "Reply in thread")
    expect(pane(page)).to_be_visible()
    expect(field(page)).to_be_focused()
    expect(page.locator(".thread-root")).to_contain_text("where do we eat?")
    page.locator("#composer").fill("half a thought")
    reply(page, "at home", "or not")
    expect(page.locator("#composer")).to_have_value("half a thought")
    expect(root(page, "where do we eat?").locator(".thread-line")).to_have_text("2 replies")
    assert violations(page) == []
    take_screenshot(page, "thread")
    page.emulate_media(color_scheme="dark")
    take_screenshot(page, "thread-dark")

    bob.context.set_offline(False)
    wait_connected(other)
    entry = other.get_by_role("button", name="Threads")
    expect(entry.locator(".badge")).to_contain_text("2")
    expect(other).to_have_title(re.compile(r"^\(\d+\)"))
    expect(other.locator("#conversations .line").filter(has_text="at home")).to_have_count(0)
    entry.click()
    take_screenshot(other, "threads")
    assert violations(other) == []
    other.get_by_role("dialog", name="Threads").get_by_role("button", name="Thread in Lunch").click()
    expect(said_in(other, "or not")).to_be_visible()
    expect(root(other, "where do we eat?").locator(".thread-line")).to_have_text("2 replies")
    expect(entry.locator(".badge")).to_have_count(0)
    expect(said_in(page, "or not").locator(".tick-read")).to_be_visible()
    reply(other, "at the river")
    expect(said_in(page, "at the river")).to_be_visible()
    expect(page.locator(".pane .row-message").filter(has_text="at the river")).to_have_count(0)

    other.reload()
    expect(said_in(other, "at the river")).to_be_visible()
    pane(other).get_by_role("button", name="Unfollow").click()
    expect(pane(other)).to_have_count(0)
    expect(other.get_by_role("heading", name="Lunch")).to_be_visible()
    expect(entry).to_have_count(0)
    reply(page, "alone")
    expect(root(page, "where do we eat?").locator(".thread-line")).to_have_text("4 replies")
    root(other, "where do we eat?").locator(".thread-line").click()
    expect(said_in(other, "alone")).to_be_visible()

    pane(other).get_by_role("button", name="Unfollow").click()
    expect(pane(other)).to_have_count(0)
    (thread,) = ApiUser(alice.server, alice.username).request("GET", "threads")["conversations"]
    other.goto(f"{bob.server.url}#/c/{thread['receiver']}/4")
    expect(other.locator(".thread .row-message.target")).to_contain_text("alone")

    ApiUser(alice.server, alice.username).request("DELETE", f"group/{group_id}/members/{bob.username}")
    expect(pane(other)).to_have_count(0)
    expect(other.get_by_text("You are no longer in this group")).to_be_visible()
    assert alice.complaints == bob.complaints == []


@pytest.mark.slow
def test_a_thread_by_the_keyboard_and_by_its_address(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    said(bob, alice.username, "the first")
    said(bob, alice.username, "the second")
    page = alice.open(f"#/u/{bob.username}")
    row(page, "the second").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("t")
    expect(field(page)).to_be_focused()
    page.keyboard.type("an aside")
    page.keyboard.press("Enter")
    expect(said_in(page, "an aside")).to_be_visible()
    expect(pane(page).locator(".tick-sending")).to_have_count(0)
    thread = bob.request("GET", "threads")["conversations"][0]
    page.keyboard.press("Escape")
    expect(pane(page)).to_have_count(0)
    expect(root(page, "the first")).to_be_focused()

    bob.say(thread["receiver"], "quite so", group=True)
    expect(page.get_by_role("button", name="Threads").locator(".badge")).to_contain_text("1")
    page.goto(f"{alice.server.url}#/c/{thread['lastMessage']['messageId'].replace('-', '/')}")
    expect(page.locator(".thread .row-message.target")).to_contain_text("an aside")
    expect(said_in(page, "quite so")).to_be_visible()
    expect(page.get_by_role("button", name="Threads").locator(".badge")).to_have_count(0)
    page.go_back()
    expect(pane(page)).to_have_count(0)


@pytest.mark.slow
def test_a_thread_on_a_phone_and_from_right_to_left(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(**PHONE, locale="ar-EG"), new_api_user()
    said(bob, alice.username, "مرحبا")
    thread_id = bob.request("POST", f"message/{_last(bob, alice.username)}/thread")["thread"]["receiver"]
    bob.say(thread_id, "نعم", group=True)
    page = alice.open(f"#/u/{bob.username}")
    page.locator(".thread-line").tap()
    expect(said_in(page, "نعم")).to_be_visible()
    expect(page.locator(".pane")).to_have_count(0)
    assert fits(page)
    take_screenshot(page, "thread-phone-ar")
    page.locator(".thread .conversation-head .icon-button").first.tap()
    expect(page.locator(".thread")).to_have_count(0)
    expect(root(page, "مرحبا")).to_be_visible()


@pytest.mark.slow
def test_a_notification_and_a_search_hit_open_the_thread(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(permissions=["notifications"]), new_api_user()
    said(bob, alice.username, "the plan")
    thread_id = bob.request("POST", f"message/{_last(bob, alice.username)}/thread")["thread"]["receiver"]
    ApiUser(alice.server, alice.username).request("PUT", f"thread/{thread_id}/following", {"on": True})
    page = open_with_notifications(alice)
    wait_connected(page)
    page.evaluate(LOSE_FOCUS)
    bob.say(thread_id, "zeppelins ahead", group=True)
    wait_until(page, "() => shown.length === 1")
    assert page.evaluate("shown[0].body") == "zeppelins ahead"
    page.evaluate("shown[0].onclick()")
    expect(said_in(page, "zeppelins ahead")).to_be_visible()

    page.goto(f"{alice.server.url}#/")
    expect(pane(page)).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("zeppelins")
    page.get_by_role("group", name="Messages").get_by_role("option").click()
    expect(page.locator(".thread .row-message.target")).to_contain_text("zeppelins ahead")


def _last(person: ApiUser, other: str) -> str:
    found: str = person.request("GET", f"messages/{person.username}/{other}?group=no")[-1]["messageId"]
    return found
