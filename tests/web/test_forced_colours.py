"""Forced colours, as of Windows High Contrast, and a window of 320 pixels, as at 400 % zoom."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.web.page_checks import fits, take_screenshot, violations
from tests.web.people import Person, bubble, write
from tests.web.server import ApiUser
from tests.web.test_message_changes import said

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def style(element: Locator, name: str) -> str:
    found: str = element.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return found


@pytest.mark.slow
def test_forced_colours_keep_apart_what_backgrounds_told(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True, forced_colors="active"), new_api_user()
    messages = [said(bob, alice.username, text)["messageId"] for text in ("his", "another of his")]
    bob.request("POST", f"message/{messages[0]}/reactions", {"emoji": "👍"})
    ApiUser(alice.server, alice.username).request("POST", f"message/{messages[1]}/reactions", {"emoji": "👍"})
    page = alice.open(f"#/u/{bob.username}")
    write(page, "hers")
    expect(page.locator(".reaction[aria-pressed=true]")).to_be_visible()
    assert style(bubble(page, "another of his"), "borderTopWidth") == "1px"
    assert style(bubble(page, "hers"), "borderTopWidth") == "2px"
    pressed, other = (page.locator(f".reaction[aria-pressed={state}]") for state in ("true", "false"))
    assert style(pressed, "backgroundColor") != style(other, "backgroundColor")
    for field, frame in (("#composer", ".composer-row"), (".search input", ".search")):
        page.locator(field).first.focus()
        assert style(page.locator(frame).first, "outlineStyle") == "solid"
    take_screenshot(page, "forced-colours")
    assert violations(page) == []
    page.get_by_role("button", name="Settings").click()
    switches = page.get_by_role("dialog").locator(".switch input")
    expect(switches.first).to_be_visible()
    assert style(switches.first, "borderTopWidth") == "1px"
    assert violations(page) == []
    take_screenshot(page, "forced-colours-settings")


def test_a_window_of_320_pixels_does_not_scroll_sideways(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(viewport={"width": 320, "height": 256}), new_api_user()
    said(bob, alice.username, "a" * 200)
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "aaa")).to_be_visible()
    assert fits(page)
    take_screenshot(page, "reflow")
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator("#conversations .line").first).to_be_visible()
    assert fits(page)
