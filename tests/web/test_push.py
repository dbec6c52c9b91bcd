"""Web push in Chromium: what its service worker shows, replaces and takes away, and what a click opens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_scripts import LOSE_FOCUS
from tests.web.people import bubble
from tests.web.phone import (
    CLICK,
    Phone,
    browser,
    message,
    new_phone,
    server,
    service,
    switch_on,
    unused,
    wait_until,
)
from tests.web.server import ApiUser

__all__ = ["browser", "new_phone", "server", "service", "unused"]

COUNT_SHOWN = """() => {
    window.alerts = [];
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
        if (options.renotify) alerts.push(options.body);
        return show.call(this, title, options);
    };
}"""


@pytest.mark.slow
def test_a_notification_of_a_conversation_is_replaced_and_taken_away(new_phone: Callable[[], Phone]) -> None:
    phone = new_phone()
    phone.leave()
    phone.give(message("7-1", "one"))
    phone.wait_for_shown("one")
    phone.give(message("7-2", "two"))
    phone.wait_for_shown("two")
    phone.give(message("8-1", "elsewhere"))
    wait_until(lambda: len(phone.shown) == 2, "the other conversation has its own")
    phone.give({"kind": "read", "messageId": "7-1", "unread": 2})
    phone.give({"kind": "read", "messageId": "8-3", "unread": 1})
    phone.wait_for_shown("two")
    phone.give({"kind": "read", "messageId": "7-2", "unread": 0})
    phone.wait_for_shown()


@pytest.mark.slow
def test_nothing_is_shown_while_the_page_has_the_focus(new_phone: Callable[[], Phone]) -> None:
    phone = new_phone()
    phone.give(message("7-1", "you are here"))
    phone.leave()
    phone.give(message("8-1", "you are away"))
    phone.wait_for_shown("you are away")


@pytest.mark.slow
def test_a_message_comes_by_push_and_a_click_opens_it(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    switch_on(phone.page)
    phone.leave()
    bob.say(phone.person.username, "are you away?")
    phone.get(1)
    phone.wait_for_shown("are you away?")
    other = phone.person.open()
    phone.worker.evaluate(CLICK)
    expect(bubble(other, "are you away?")).to_be_visible()
    phone.wait_for_shown()


@pytest.mark.slow
def test_what_a_page_in_the_background_has_shown_comes_again_without_a_sound(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    switch_on(phone.page)
    phone.page.evaluate(LOSE_FOCUS)
    bob.say(phone.person.username, "psst")
    (first,) = phone.wait_for_shown("psst")
    said = phone.get(1)
    assert said["messageId"] == first["messageId"]
    wait_until(lambda: [one["silent"] for one in phone.shown] == [True], "it is shown again, silently")
    bob.say(phone.person.username, "and again")
    (second,) = phone.wait_for_shown("and again")
    assert not second["silent"]
    assert second["renotify"], "it alerts again"


@pytest.mark.slow
def test_several_tabs_alert_once_for_each_message(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    switch_on(phone.page)
    tabs = [phone.page, phone.person.open()]
    for tab in tabs:
        tab.evaluate(COUNT_SHOWN)
        tab.evaluate(LOSE_FOCUS)
    bob.say(phone.person.username, "once")
    phone.wait_for_shown("once")
    bob.say(phone.person.username, "twice")
    phone.wait_for_shown("twice")
    tabs[0].wait_for_timeout(1_000)
    assert sorted(body for tab in tabs for body in tab.evaluate("alerts")) == ["once", "twice"]


@pytest.mark.slow
def test_reading_in_the_page_takes_the_notification_away(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    switch_on(phone.page)
    phone.leave()
    bob.say(phone.person.username, "read me")
    phone.get(1)
    phone.wait_for_shown("read me")
    page = phone.person.open(f"#/u/{bob.username}")
    expect(bubble(page, "read me")).to_be_visible()
    phone.wait_for_shown()
    assert phone.get(2)["kind"] == "read"


def test_signing_out_ends_the_subscription_and_takes_away_what_is_shown(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    page = phone.page
    switch_on(page)
    assert page.evaluate("isSubscribed") is True
    page.evaluate(LOSE_FOCUS)
    bob.say(phone.person.username, "for one person")
    phone.wait_for_shown("for one person")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    phone.wait_for_shown()
    assert page.evaluate("isSubscribed") is False
    received = len(phone.service.received)
    bob.say(phone.person.username, "for nobody")
    page.wait_for_timeout(4_500)
    assert [one.path for one in phone.service.received[received:] if one.path == phone.path] == []
