"""Layout at every size and in both themes, use by keyboard alone, and accessibility by axe."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, composer, line, wait_connected, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def populated_server(make_server: Callable[..., Server]) -> Iterator[Server]:
    """A server with conversations to take screenshots of."""
    server = make_server(users=9)
    alice, bob, carol = (ApiUser(server, name) for name in ("alice", "bob", "carol"))
    group = bob.make_group("Summer house", "alice", "carol", "user1", "user2")
    bob.say(group, "Morning everybody ☀️ I booked the ferry for Friday", group=True)
    bob.say(group, "It leaves at 17:40, so let us meet at the pier at five", group=True)
    carol.say(group, "Perfect! I bring the big tent and the stove", group=True)
    alice.say(group, "Then I take care of food. Anything that anybody does not eat?", group=True)
    ApiUser(server, "user1").say(group, "No mushrooms please 🍄", group=True)
    carol.say(group, "Route for Saturday: https://maps.example.org/trail/42?from=pier", group=True)
    bob.say(group, "The code for the key box is `4711`, do not lose it 😄", group=True)
    carol.make_group("Platform team", "alice", "user3")
    bob.say("alice", "Did you see the draft I sent?", "🎉")
    alice.say("carol", "The deployment is done:\n```\nrelease 4.2.0\n12 checks passed, 0 failed\n```")
    ApiUser(server, "user4").say("alice", "Are you coming tonight?")
    yield server
    server.stop()


DIALOGS = {"new-group": "New group", "settings": "Settings", "details": "Details"}


def show(screen: str, page: Page) -> None:
    """Opens a screen as a user does. A dialog is opened where the previous dialog was closed."""
    if screen == "sign-in":
        expect(page.get_by_role("button", name="Sign in as Alice Ardern")).to_be_visible()
    elif screen == "list":
        expect(line(page, "Summer house")).to_be_visible()
    elif screen in DIALOGS:
        # On a phone the buttons of the list are behind the conversation.
        if not page.get_by_role("button", name=DIALOGS[screen]).is_visible():
            page.get_by_role("button", name="Back to the list").click()
        page.get_by_role("button", name=DIALOGS[screen]).click()
    elif screen == "shortcuts":
        page.locator(".scroller").focus()
        page.keyboard.press("?")
    elif screen == "offline":
        page.context.set_offline(True)
        write(page, "Written on the train")
        expect(page.locator(".banner")).to_be_visible()
    elif screen != "empty":
        expect(page.locator(".bubble").last).to_be_visible()
    if screen in (*DIALOGS, "shortcuts"):
        expect(page.get_by_role("dialog")).to_be_visible()


def open_at(person: Person, place: str) -> Page:
    """Opens a page at `#/u/bob`, for example, or the sign-in page for a user who is not signed in."""
    if person.is_signed_in:
        return person.open(place)
    page = person.context.new_page()
    page.goto(person.server.url)
    return page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "screens"),
    [
        ("", ["sign-in"]),
        ("", ["list"]),
        ("#/u/bob", ["private"]),
        ("#/u/user7", ["empty"]),
        ("#/g/1", ["group", *DIALOGS, "shortcuts", "offline"]),
    ],
)
def test_every_screen_passes_axe_in_both_themes(
    new_person: NewPerson, populated_server: Server, place: str, screens: list[str]
) -> None:
    page = open_at(new_person("alice", populated_server, signed_in="sign-in" not in screens, bypass_csp=True), place)
    for screen in screens:
        show(screen, page)
        take_screenshot(page, f"{screen}-light")
        assert violations(page) == [], screen
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        take_screenshot(page, f"{screen}-dark")
        assert violations(page, "color-contrast") == [], f"{screen}: only the colours differ"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        if page.get_by_role("dialog").is_visible():
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "screens"), [("", ["sign-in"]), ("", ["list"]), ("#/g/1", ["group", "new-group"])])
def test_a_phone_has_one_column_that_fits(
    new_person: NewPerson, populated_server: Server, place: str, screens: list[str]
) -> None:
    page = open_at(
        new_person("alice", populated_server, signed_in="sign-in" not in screens, **PHONE, bypass_csp=True), place
    )
    for screen in screens:
        show(screen, page)
        take_screenshot(page, f"{screen}-phone")
        assert fits(page), screen
        if screen in ("list", "group"):
            assert page.locator(".sidebar").is_visible() == (screen == "list")
            assert page.locator(".pane").is_visible() == (screen == "group")
        assert violations(page) == [], screen


@pytest.mark.slow
def test_on_a_phone_back_leads_to_the_list(new_person: NewPerson, populated_server: Server) -> None:
    page = new_person("alice", populated_server, **PHONE).open()
    line(page, "Summer house").tap()
    expect(page.get_by_role("heading", name="Summer house")).to_be_visible()
    composer(page).fill("from my phone")
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(bubble(page, "from my phone")).to_be_visible()
    page.go_back()
    expect(line(page, "Summer house")).to_be_visible()
    line(page, "Summer house").tap()
    page.get_by_role("button", name="Back to the list").tap()
    expect(line(page, "Summer house")).to_be_visible()


@pytest.mark.slow
def test_the_layout_fits_at_every_size(new_person: NewPerson, populated_server: Server) -> None:
    page = new_person("alice", populated_server).open("#/g/1")
    for width, height in [(320, 568), (768, 1024), (1024, 700), (2560, 1440)]:
        page.set_viewport_size({"width": width, "height": height})
        show("group", page)
        take_screenshot(page, f"group-{width}")
        assert fits(page), width
        assert page.locator(".sidebar").is_visible() == (width >= 720)
        # In a narrow window an empty field has the microphone in its place.
        composer(page).fill("a message")
        send = page.get_by_role("button", name="Send", exact=True)
        expect(send).to_be_visible()
        box: Any = send.bounding_box()
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height


@pytest.mark.slow
def test_everything_can_be_done_with_the_keyboard_alone(new_person: NewPerson, server: Server) -> None:
    other = new_person()
    theirs = other.open()
    person = new_person(signed_in=False)
    page = person.context.new_page()
    page.goto(server.url)
    press = page.keyboard.press
    expect(page.get_by_label("Find your name")).to_be_visible()
    press("Tab")
    page.keyboard.type(person.username)
    expect(page.locator(".person small", has_text=re.compile(f"^@{person.username}$"))).to_be_visible()
    press("Tab")
    expect(page.locator(".person").first).to_be_focused()
    assert outlined(page)
    press("Enter")
    wait_connected(page)
    press("/")
    expect(page.get_by_label("Search people and groups")).to_be_focused()
    page.keyboard.type(other.username)
    press("Enter")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("typed")
    press("Shift+Enter")
    page.keyboard.type("by hand")
    press("Enter")
    expect(bubble(page, "typed")).to_contain_text("typed\nby hand")
    expect(theirs.locator(".line").first).to_contain_text("typed by hand")
    press("Escape")
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)
    # The dialog gives the focus back before the next key.
    expect(page.locator("#conversations a[tabindex='0']")).to_be_focused()
    press("/")
    expect(page.get_by_label("Search people and groups")).to_be_focused()
    press("Escape")
    expect(page.get_by_label("Search people and groups")).to_have_value("")
    press("ArrowDown")
    press("ArrowDown")
    expect(page.locator("li[data-index='1'] a")).to_be_focused()
    assert outlined(page)
    press("End")
    expect(page.locator(".line:focus")).to_be_in_viewport()
    press("Home")
    press("Enter")
    expect(composer(page)).to_be_focused()
    press("Alt+ArrowDown")
    expect(page.locator(".line[aria-current=page]")).to_have_count(1)
    press("Escape")
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()
    press("n")
    expect(page.get_by_label("Group name")).to_be_focused()
    page.keyboard.type("By keyboard")
    press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()


@pytest.mark.slow
def test_keys_pressed_at_once_are_handled_in_order(new_person: NewPerson) -> None:
    """A busy machine draws no frame between two keys. Each key must find the focus that the previous key set."""
    page = new_person().open()
    line(page, "Alice Ardern").click()
    expect(composer(page)).to_be_focused()
    press_at_once(page, ("Escape", {}), ("/", {}))
    search = page.get_by_label("Search people and groups")
    expect(search).to_be_focused()
    search.fill("bob")
    assert press_at_once(page, ("Enter", {})) == "composer"
    press_at_once(page, ("Escape", {}), ("/", {}))
    search.fill("")
    page.keyboard.press("ArrowDown")
    expect(page.locator("li[data-index='0'] a")).to_be_focused()
    press_at_once(page, ("End", {}), ("ArrowUp", {}), ("Home", {}), ("ArrowDown", {}))
    expect(page.locator("li[data-index='1'] a")).to_be_focused()
    press_at_once(page, ("ArrowDown", {"altKey": True}), ("ArrowDown", {"altKey": True}))
    expect(page.locator("li[data-index='1'] a")).to_have_attribute("aria-current", "page")


def press_at_once(page: Page, *keys: tuple[str, dict[str, bool]]) -> str:
    """Dispatches each key to the focused element, with only microtasks between. Waits until the result is drawn, two
    frames later. Returns the id of the element that is focused after the last key."""
    focused: str = page.evaluate(
        """async (keys) => {
            for (const [key, modifiers] of keys) {
                const options = { key, bubbles: true, cancelable: true, ...modifiers };
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
                for (let turn = 0; turn < 5; turn += 1) await null;
            }
            const focused = document.activeElement.id;
            for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
            return focused;
        }""",
        keys,
    )
    return focused


@pytest.mark.slow
def test_a_dialog_keeps_the_focus_and_returns_it(new_person: NewPerson) -> None:
    page = new_person().open()
    settings = page.get_by_role("button", name="Settings")
    settings.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(settings).to_be_focused()


@pytest.mark.slow
def test_the_chosen_theme_survives_a_reload_and_applies_before_the_scripts(new_person: NewPerson) -> None:
    page = new_person(color_scheme="light").open()
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Dark").check()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.route("**/main.js", lambda route: route.abort())
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(244, 242, 237)"


def outlined(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"))
