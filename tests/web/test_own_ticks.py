"""Ticks of one's own messages: who has read them and when; read receipts and last seen switched off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.group_dialog import full_name
from tests.web.people import Person, bubble, line, tick, wait_until, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


@pytest.mark.slow
def test_a_click_on_the_tick_of_a_group_message_shows_who_has_read_it(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob, carol, dora = new_person(), new_person(), new_person(), new_api_user()
    group = new_api_user(alice.username).make_group("Rowing", bob.username, carol.username, dora.username)
    page, theirs = alice.open(f"#/g/{group}"), carol.open()
    write(page, "on Sunday")
    page.get_by_role("button", name="Stored. Show who").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delivered to 1")).to_be_visible()
    expect(dialog.get_by_role("heading", name="Not delivered yet to 2")).to_be_visible()
    bobs = bob.open(f"#/g/{group}")
    expect(dialog.locator("section", has_text="Read by 1")).to_contain_text(f"{full_name(bob)}today at")
    expect(dialog.locator("section", has_text="Delivered to 1")).to_contain_text(full_name(carol))
    theirs.get_by_role("button", name="Settings").click()
    theirs.get_by_label("Read receipts").click()
    expect(theirs.get_by_label("Read receipts")).not_to_be_checked()
    theirs.keyboard.press("Escape")
    line(theirs, "Rowing").click()
    expect(bubble(theirs, "on Sunday")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Stored. Show who")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.locator("section", has_text="Delivered to 1")).to_contain_text("does not show what they have read")
    write(theirs, "me too")
    theirs.get_by_role("button", name="Show who").click()
    expect(theirs.get_by_role("dialog")).to_contain_text("You do not show what you have read")
    expect(theirs.get_by_role("dialog").locator("section", has_text="Read by")).to_have_count(0)
    expect(bubble(bobs, "me too")).to_be_visible()


@pytest.mark.slow
def test_private_ticks_have_three_states_and_last_seen_is_shown(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "one")
    expect(tick(page, "one")).to_have_class("tick tick-stored")
    theirs = bob.open()
    expect(tick(page, "one")).to_have_class("tick tick-delivered")
    expect(page.locator(".conversation-who small")).to_have_text("Online")
    line(theirs, full_name(alice)).click()
    expect(tick(page, "one")).to_have_class("tick tick-read")
    theirs.get_by_role("button", name="Settings").click()
    for name in ("Read receipts", "Last seen"):
        theirs.get_by_label(name).click()
        expect(theirs.get_by_label(name)).not_to_be_checked()
    theirs.keyboard.press("Escape")
    write(page, "two")
    expect(bubble(theirs, "two")).to_be_visible()
    expect(tick(page, "two")).to_have_class("tick tick-delivered")
    page.wait_for_timeout(1_500)
    expect(tick(page, "two")).to_have_class("tick tick-delivered")
    theirs.get_by_role("button", name="Settings").click()
    theirs.get_by_label("Last seen").click()
    expect(theirs.get_by_label("Last seen")).to_be_checked()
    page.reload()
    expect(tick(page, "one")).to_have_class("tick tick-delivered")
    wait_until(page, "() => document.querySelector('.conversation-who small')?.textContent === 'Online'")
    bob.context.close()
    expect(page.locator(".conversation-who small")).to_contain_text("Last seen today at")
    page.reload()
    expect(page.locator(".conversation-who small")).to_contain_text("Last seen today at")


@pytest.mark.slow
def test_typing_is_shown_to_those_who_look(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, theirs = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    status = theirs.locator(".conversation-who small")
    expect(status).to_have_text("Online")
    page.locator("#composer").press_sequentially("hel")
    expect(status).to_have_text(f"{full_name(alice)} is typing…")
    expect(theirs.get_by_role("log")).to_contain_text("is typing")
    write(page, "hello")
    expect(bubble(theirs, "hello")).to_be_visible()
    expect(status).to_have_text("Online")
    theirs.get_by_role("button", name="Settings").click()
    theirs.get_by_label("Typing").click()
    expect(theirs.get_by_label("Typing")).not_to_be_checked()
    theirs.keyboard.press("Escape")
    page.wait_for_timeout(1_000)
    page.locator("#composer").press_sequentially("more")
    theirs.locator("#composer").press_sequentially("me too")
    page.wait_for_timeout(500)
    expect(status).to_have_text("Online")
    expect(page.locator(".conversation-who small")).to_have_text("Online")
