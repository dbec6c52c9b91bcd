"""A conversation: history, ticks, dividing lines, and the appearance of messages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.web.people import (
    Person,
    bubble,
    bubbles,
    composer,
    line,
    scroll,
    scroll_to_start,
    texts,
    tick,
    wait_connected,
    wait_until,
    write,
)
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_ticks_show_stored_delivered_and_read(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "are you there?")
    expect(tick(page, "are you there?")).to_have_attribute("aria-label", "Stored")
    theirs = bob.open()
    expect(tick(page, "are you there?")).to_have_attribute("aria-label", "Delivered to all")
    line(theirs, page.locator(".sidebar-me b").inner_text()).click()
    expect(tick(page, "are you there?")).to_have_attribute("aria-label", "Read by all")


@pytest.mark.slow
def test_a_group_message_shows_its_sender_and_its_tick(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, founder = new_person(), new_person(), new_api_user()
    group = founder.make_group("Rowing", alice.username, bob.username)
    founder.say(group, "boat at six", "bring water", group=True)
    page = alice.open(f"#/g/{group}")
    expect(bubble(page, "boat at six").locator(".sender")).to_be_visible()
    expect(bubble(page, "bring water").locator(".sender")).to_have_count(0)
    write(page, "on my way")
    expect(tick(page, "on my way")).to_have_attribute("aria-label", "Stored")
    expect(bubble(bob.open(f"#/g/{group}"), "on my way")).to_be_visible()


@pytest.mark.slow
def test_older_messages_load_without_a_jump_and_only_visible_rows_are_drawn(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *[f"number {number}. {'words ' * (number % 23)}" for number in range(1, 331)])
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "number 330.")).to_be_in_viewport()
    held: list[Route] = []
    page.route(re.compile("before="), lambda route: held.append(route))
    for _ in range(3):
        scroll_to_start(page)
        expect(page.locator(".older")).to_be_visible()
        row, top = page.evaluate(PLACE)
        held.pop().continue_()
        wait_until(page, "() => document.querySelector('.scroller').scrollTop > 700")
        moved = page.evaluate(PLACE_OF, row)
        assert moved is not None
        assert abs(moved - top) < 3, f"jumped by {moved - top} pixels"
        assert bubbles(page).count() < 100
    scroll_to_start(page)
    expect(bubble(page, "number 1.")).to_be_visible()
    expect(page.get_by_text("The beginning of this conversation")).to_be_visible()
    page.get_by_role("button", name="Jump to the latest message").click()
    expect(bubble(page, "number 330.")).to_be_in_viewport()


PLACE = """() => {
    const top = document.querySelector('.scroller').getBoundingClientRect().top;
    const row = [...document.querySelectorAll('.row-message')].find(one => one.getBoundingClientRect().bottom > top);
    return [row.dataset.row, row.getBoundingClientRect().top];
}"""
"""The first visible row and its position."""

PLACE_OF = "key => document.querySelector(`[data-row='${key}']`)?.getBoundingClientRect().top ?? null"


@pytest.mark.slow
def test_a_message_that_arrives_while_reading_history_does_not_move_the_view(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *[f"line {number}" for number in range(60)])
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_text("New messages", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Jump to the latest message").click()
    expect(bubble(page, "line 59")).to_be_in_viewport()
    expect(page).to_have_title("chatapp")
    scroll(page, -900)
    jump = page.get_by_role("button", name="Jump to the latest message")
    expect(jump).to_be_visible()
    before = page.evaluate(PLACE)
    bob.say(alice.username, "something new")
    expect(jump.locator(".badge")).to_have_text("1")
    assert page.evaluate(PLACE) == before
    jump.click()
    expect(bubble(page, "something new")).to_be_in_viewport()
    expect(jump).to_have_count(0)


def test_the_line_for_new_messages_is_above_the_first_unread_message(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, "read already")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "read already")).to_be_visible()
    expect(page.locator(".badge")).to_have_count(0)
    line(page, "Carol Chen").click()
    expect(page.get_by_role("heading", name="Carol Chen")).to_be_visible()
    bob.say(alice.username, "new one", "new two")
    expect(page.locator(".badge").first).to_contain_text("2")
    page.locator(".line").first.click()
    expect(page.get_by_text("New messages", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Jump to the latest message")).to_have_count(0)
    rows = page.locator(".rows > [data-row]").evaluate_all("rows => rows.map(row => row.className.split(' ')[0])")
    assert rows[rows.index("row-new") :] == ["row-new", "row-message", "row-message"]


def test_days_are_separated_and_runs_are_grouped(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open(f"#/u/{person.username}")
    page.clock.install()
    write(page, "one", "two")
    expect(page.locator(".row-day")).to_have_text(["Today"])
    expect(page.locator(".row-message.first")).to_have_count(1)
    expect(tick(page, "one")).to_have_attribute("aria-label", "Delivered to all")


@pytest.mark.slow
def test_a_refused_message_shows_the_reason_and_can_be_retried_or_discarded(new_person: NewPerson) -> None:
    person = new_person()
    # The user does not exist, and the page does not know that yet.
    person.context.route("**/messages/*/somebody-who-is-not-there?*", lambda route: route.fulfill(json=[]))
    page = person.open("#/u/somebody-who-is-not-there")
    write(page, "hello?")
    failure = page.locator(".failure")
    expect(failure).to_contain_text("Retry")
    expect(failure.locator("span")).not_to_be_empty()
    expect(tick(page, "hello?")).to_have_attribute("aria-label", "Not sent")
    failure.get_by_role("button", name="Retry").click()
    expect(failure).to_be_visible()
    page.reload()
    wait_connected(page)
    expect(failure).to_be_visible()
    failure.get_by_role("button", name="Discard").click()
    expect(failure).to_have_count(0)
    expect(bubbles(page)).to_have_count(0)


def test_a_message_that_is_too_long_is_reported_before_sending(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    composer(page).fill("é" * 32_769)
    expect(page.get_by_text("Too long by 2 bytes")).to_be_visible()
    composer(page).press("Enter")
    expect(bubbles(page)).to_have_count(0)
    composer(page).fill("é" * 32_768)
    expect(page.get_by_text("0 bytes left")).to_be_visible()


@pytest.mark.slow
def test_newlines_emoji_code_links_and_long_words_keep_their_shape(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open(f"#/u/{person.username}")
    write(page, "first\nsecond 🌻", "see https://example.org/a_(b)?c=d#e.", "run `make test` now", "x" * 3_000, "🎉")
    expect(bubble(page, "first")).to_contain_text("first\nsecond 🌻")
    link = page.get_by_role("link", name="https://example.org/a_(b)?c=d#e")
    expect(link).to_have_attribute("href", "https://example.org/a_(b)?c=d#e")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.locator(".text code")).to_have_text("make test")
    expect(page.locator(".row-message.emoji")).to_have_count(1)
    assert page.evaluate(
        "document.querySelector('.scroller').scrollWidth <= document.querySelector('.scroller').clientWidth"
    )
    page.reload()
    wait_connected(page)
    expect(bubble(page, "make test")).to_be_visible()
    assert "first\nsecond 🌻" in texts(page)
