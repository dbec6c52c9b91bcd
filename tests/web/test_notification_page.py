"""The page of notifications in the settings: why none would come, a test, what they say, how they sound."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import violations
from tests.web.people import Person, wait_connected
from tests.web.phone import (
    Phone,
    browser,
    new_phone,
    open_notifications,
    server,
    service,
    switch_on,
    unused,
)
from tests.web.reach import unreachable
from tests.web.server import ApiUser, Server

__all__ = ["browser", "new_phone", "server", "service", "unused"]


@pytest.mark.slow
def test_the_page_says_why_no_notification_would_come(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    bob.say(phone.person.username, "hello")
    page = phone.page
    open_notifications(page)
    dialog = page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_contain_text("No notification would come to this device now:")
    expect(dialog).to_contain_text("They are switched off on this device.")
    dialog.get_by_role("button", name="Send a test").click()
    expect(dialog.get_by_role("status")).to_have_text("This device is not registered, so no test can be sent.")
    dialog.get_by_label("Notifications").click()
    expect(dialog).to_contain_text("Notifications come to this device now.")
    dialog.get_by_role("button", name="Send a test").click()
    expect(dialog.get_by_role("status")).to_have_text("The test is on its way to this device.")
    assert phone.get(1)["body"] == "Notifications reach this device."
    expect(dialog).to_contain_text("Last reached")
    dialog.get_by_label("Do not disturb").click()
    dialog.get_by_label("From").fill("00:00")
    dialog.get_by_label("To", exact=True).fill("23:59")
    expect(dialog).to_contain_text("Do not disturb is on now.")
    dialog.get_by_label("Do not disturb").click()
    expect(dialog).to_contain_text("Notifications come to this device now.")
    body = {"receiver": bob.username, "group": False, "level": "none"}
    assert (
        page.evaluate(
            """async (body) => (await fetch("/preferences", { method: "PATCH", body: JSON.stringify(body),
            headers: { "Content-Type": "application/json" } })).status""",
            body,
        )
        == 200
    )
    expect(dialog).to_contain_text("Muted: User")


def test_a_push_service_that_forgot_the_browser_is_told_of_in_words(new_phone: Callable[[], Phone]) -> None:
    phone = new_phone()
    switch_on(phone.page)
    page = phone.page
    open_notifications(page)
    phone.service.status = 410
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("does not know this device")
    phone.service.status = 201


@pytest.mark.slow
def test_notifications_may_leave_out_what_was_written(
    new_phone: Callable[[], Phone], new_api_user: Callable[..., ApiUser]
) -> None:
    phone, bob = new_phone(), new_api_user()
    switch_on(phone.page)
    open_notifications(phone.page)
    phone.page.get_by_label("Show what was written").click()
    expect(phone.page.get_by_label("Show what was written")).not_to_be_checked()
    phone.leave()
    bob.say(phone.person.username, "a secret")
    phone.get(1)
    phone.wait_for_shown("New message")


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "ar"])
def test_the_page_of_notifications_is_reached_in_a_small_window(
    new_person: Callable[..., Person], server: Server, locale: str
) -> None:
    looks = {"viewport": {"width": 320, "height": 256}, "color_scheme": "dark", "bypass_csp": True}
    page = new_person(at=server, locale=locale, **looks).open()
    page.get_by_role("button", name={"en-GB": "Settings", "ar": "الإعدادات"}[locale]).click()
    page.get_by_role("dialog").locator(".menu-item").first.click()
    expect(page.locator(".reasons")).to_be_visible()
    assert unreachable(page) == []
    assert violations(page, within="dialog[open]") == []
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert unreachable(page) == []
    assert violations(page, "color-contrast", within="dialog[open]") == []


@pytest.mark.slow
def test_the_sound_can_be_chosen_and_is_heard_at_once(new_phone: Callable[[], Phone]) -> None:
    page = new_phone().page
    page.evaluate("""() => {
        window.heard = [];
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...when) { heard.push(this.type); return start.apply(this, when); };
    }""")
    open_notifications(page)
    page.get_by_label("Knock").check()
    assert page.evaluate("heard") == ["triangle", "triangle"]
    page.reload()
    wait_connected(page)
    open_notifications(page)
    expect(page.get_by_label("Knock")).to_be_checked()
    page.get_by_label("Sound for new messages").uncheck()
    expect(page.get_by_label("Knock")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
