"""Writing Chinese, Japanese and Korean: a key that ends a composition does nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.web.people import Person, bubbles, composer, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

RECORD = """
    window.heard = [];
    for (const type of ['compositionend', 'keydown']) {
        addEventListener(type, (event) => heard.push([event.type, event.key ?? '', event.isComposing ?? false]), true);
    }
"""


class InputMethod:
    """Drives the browser's composition. `is_late` is Safari's order: the composition ends before the key event."""

    def __init__(self, page: Page, is_late: bool) -> None:
        self.page = page
        self.is_late = is_late
        self.session: CDPSession = page.context.new_cdp_session(page)

    def write(self, text: str, key: str) -> None:
        """Composes a text in the focused field and ends the composition with a key."""
        end = len(text)
        self.session.send("Input.imeSetComposition", {"text": text, "selectionStart": end, "selectionEnd": end})
        self.page.evaluate("heard.length = 0")
        steps: list[tuple[str, dict[str, Any]]] = [
            ("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "code": key, "windowsVirtualKeyCode": 229}),
            ("Input.insertText", {"text": text}),
        ]
        for method, parameters in reversed(steps) if self.is_late else steps:
            self.session.send(method, parameters)
        events = [["keydown", key, not self.is_late], ["compositionend", "", False]]
        assert self.page.evaluate("heard") == (events[::-1] if self.is_late else events)


@pytest.fixture(params=[False, True], ids=["the key comes first", "the key comes last, as in Safari"])
def open_with_input_method(
    request: pytest.FixtureRequest, new_person: NewPerson
) -> Callable[..., tuple[Page, InputMethod]]:
    def go(place: str = "", at: Server | None = None, *, signed_in: bool = True) -> tuple[Page, InputMethod]:
        person = new_person(signed_in=signed_in) if at is None else new_person("alice", at, signed_in=signed_in)
        page = person.context.new_page()
        page.add_init_script(RECORD)
        page.goto(person.server.url + place)
        return page, InputMethod(page, request.param)

    return go


OpenWithInputMethod = Callable[..., tuple[Page, InputMethod]]


def focus(field: Locator) -> Locator:
    field.focus()
    expect(field).to_be_focused()
    return field


def test_a_composition_key_neither_sends_nor_closes_the_conversation(
    open_with_input_method: OpenWithInputMethod,
) -> None:
    page, method = open_with_input_method("#/u/alice")
    field = focus(composer(page))
    method.write("にほん", "Enter")
    method.write("ご", "Escape")
    expect(field).to_have_value("にほんご")
    expect(field).to_be_focused()
    expect(bubbles(page)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(bubbles(page)).to_have_count(1)
    write(page, "of one's own")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def test_a_composition_key_does_nothing_in_the_search(
    open_with_input_method: OpenWithInputMethod,
) -> None:
    page, method = open_with_input_method("#/u/bob")
    expect(page.get_by_role("heading", name="Bob Brandt")).to_be_visible()
    field = focus(page.get_by_label("Search people and groups"))
    method.write("ali", "Enter")
    method.write("ce", "ArrowDown")
    method.write(" ", "Escape")
    expect(field).to_have_value("alice ")
    expect(field).to_be_focused()
    expect(page.get_by_role("heading", name="Bob Brandt")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Alice Ardern")).to_be_visible()


def test_a_composition_key_does_nothing_in_the_group_dialog(open_with_input_method: OpenWithInputMethod) -> None:
    page, method = open_with_input_method()
    page.get_by_role("button", name="New group").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Alice Ardern")).to_be_visible()
    name = focus(page.get_by_label("Group name"))
    method.write("週末", "Enter")
    method.write("の", "Escape")
    expect(name).to_have_value("週末の")
    focus(page.get_by_label("Type a name"))
    method.write("alice", "Enter")
    method.write(" ", "Escape")
    expect(dialog.get_by_text("Nobody picked yet")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("1 picked")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.slow
def test_a_composition_key_does_not_sign_in(
    open_with_input_method: OpenWithInputMethod, make_server: Callable[..., Server]
) -> None:
    page, method = open_with_input_method(signed_in=False)
    focus(page.get_by_label("Find your name"))
    method.write("alice", "Enter")
    expect(page.get_by_role("button", name="Sign in as Alice Ardern")).to_be_visible()
    server = make_server(SIGN_IN="password")
    page, method = open_with_input_method(at=server, signed_in=False)
    focus(page.get_by_label("Username"))
    method.write("アリス", "Enter")
    expect(page.get_by_text("Type your username and your password.")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Type your username and your password.")).to_be_visible()
    server.stop()
