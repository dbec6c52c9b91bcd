"""Two people edit, delete, react to and answer messages; one of them is away in between."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person, bubble, composer, texts, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def row(page: Page, text: str) -> Locator:
    return page.locator(".row-message").filter(has_text=text)


def open_menu(page: Page, text: str) -> Locator:
    row(page, text).hover()
    row(page, text).get_by_role("button", name="More actions").click()
    return page.get_by_role("dialog", name="Message")


def open_pinned(page: Page) -> Locator:
    page.locator(".conversation-head").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Pinned messages").click()
    return page.get_by_role("dialog", name="Pinned messages")


def menu(page: Page, text: str, item: str) -> None:
    open_menu(page, text).get_by_role("button", name=item).click()


def said(person: ApiUser, receiver: str, content: str, **fields: Any) -> dict[str, Any]:
    body = {"receiver": receiver, "content": content, **fields}
    message: dict[str, Any] = person.request("POST", "messages", body)["response"]
    return message


@pytest.mark.slow
def test_an_edit_and_a_deletion_reach_who_was_away(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, other = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    write(page, "helo", "a secret")
    expect(bubble(other, "a secret")).to_be_visible()
    write(other, "an answer")
    expect(bubble(page, "an answer")).to_be_visible()
    bob.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()

    composer(page).fill("a draft")
    composer(page).fill("")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("a secret")
    composer(page).press("Escape")
    expect(composer(page)).to_have_value("")
    composer(page).fill("a draft")
    menu(page, "helo", "Edit")
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_have_value("helo")
    composer(page).fill("hello")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("a draft")
    expect(bubble(page, "hello").locator(".edited")).to_be_visible()
    menu(page, "a secret", "Delete")
    page.get_by_role("dialog", name="Delete this message?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You deleted this message.")).to_be_visible()

    bob.context.set_offline(False)
    expect(bubble(other, "hello")).to_be_visible(timeout=15_000)
    expect(bubble(other, "This message was deleted.")).to_be_visible()
    assert "a secret" not in other.content()
    bubble(other, "hello").locator(".edited").click()
    versions = other.get_by_role("dialog", name="Versions")
    expect(versions.locator(".versions .text")).to_have_text([re.compile("hello"), re.compile("helo")])
    other.keyboard.press("Escape")
    row(other, "hello").hover()
    expect(open_menu(other, "hello").get_by_role("button", name="Edit")).to_have_count(0)
    other.keyboard.press("Escape")


@pytest.mark.slow
def test_reactions_by_click_by_search_and_in_a_skin_tone(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person(bypass_csp=True)
    page, other = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    write(page, "shall we?")
    expect(bubble(other, "shall we?")).to_be_visible()
    open_menu(other, "shall we?").get_by_role("button", name="👍").click()
    chip = row(page, "shall we?").get_by_role("button", name="👍 1 reaction")
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    both = row(other, "shall we?").get_by_role("button", name="👍 2 reactions")
    expect(both).to_have_attribute("aria-pressed", "true")
    row(page, "shall we?").get_by_role("button", name=re.compile("👍 2")).click()
    expect(row(other, "shall we?").get_by_role("button", name="👍 1 reaction")).to_be_visible()

    row(other, "shall we?").locator(".reaction-add").click()
    picker = other.get_by_role("dialog", name="Pick an emoji")
    picker.get_by_label("Skin tone", exact=True).select_option("5")
    picker.get_by_role("searchbox", name="Search emoji").fill("waving hand")
    expect(picker.locator(".emoji-button")).to_have_count(1)
    assert violations(other) == []
    other.keyboard.press("Enter")
    expect(row(page, "shall we?").get_by_role("button", name="👋🏿 1 reaction")).to_be_visible()
    menu(page, "shall we?", "Who reacted")
    reactors = page.get_by_role("dialog", name="Who reacted")
    expect(reactors.locator(".reactors")).to_have_count(2)
    expect(reactors.locator("li")).to_have_count(2)
    page.reload()
    expect(row(page, "shall we?").get_by_role("button", name="👋🏿 1 reaction")).to_be_visible()
    expect(row(other, "shall we?").get_by_role("button", name="👋🏿 1 reaction")).to_have_attribute(
        "aria-pressed", "true"
    )


@pytest.mark.slow
def test_an_answer_quotes_and_leads_to_the_message_far_above(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_api_user(), new_person()
    first = said(alice, bob.username, "the question far above")
    alice.say(bob.username, *(f"filling {number}" for number in range(320)))
    said(alice, bob.username, "an answer", replyTo=first["sequence"])
    page = bob.open(f"#/u/{alice.username}")
    quote = bubble(page, "an answer").locator(".quote")
    expect(quote).to_contain_text("the question far above")
    alice.request("PATCH", f"message/{first['messageId']}", {"content": "the better question"})
    expect(quote).to_contain_text("the better question")
    quote.click()
    expect(page.locator(".row-message.target")).to_contain_text("the better question")
    page.get_by_role("button", name="Jump to the latest message").click()
    row(page, "an answer").focus()
    page.keyboard.press("r")
    expect(composer(page)).to_be_focused()
    expect(page.locator(".purpose")).to_contain_text("an answer")
    write(page, "an answer to the answer")
    expect(page.locator(".purpose")).to_have_count(0)
    expect(bubble(page, "an answer to the answer").locator(".quote")).to_contain_text("an answer")
    alice.request("DELETE", f"message/{first['messageId']}")
    expect(quote.first).to_contain_text("This message was deleted.")


@pytest.mark.slow
def test_a_pinned_message_is_found_by_everybody(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_api_user(), new_person()
    alice.say(bob.username, "the address is Long Lane 5", *(f"filling {number}" for number in range(120)))
    page = bob.open(f"#/u/{alice.username}")
    open_pinned(page)
    expect(page.get_by_text("Nothing is pinned here")).to_be_visible()
    page.keyboard.press("Escape")
    first = alice.request("GET", f"messages/{alice.username}/{bob.username}?after=0&limit=1")[0]
    alice.request("PUT", f"message/{first['messageId']}/pin", {})
    menu(page, "filling 119", "Pin")
    expect(row(page, "filling 119").locator(".pin-mark")).to_be_visible()
    dialog = open_pinned(page)
    expect(dialog.locator("li")).to_have_count(2)
    dialog.locator("li").filter(has_text="filling 119").get_by_role("button", name="Unpin").click()
    expect(dialog.locator("li")).to_have_count(1)
    dialog.get_by_role("button", name="Long Lane").click()
    expect(page.locator(".row-message.target")).to_contain_text("Long Lane 5")


@pytest.mark.slow
def test_the_keyboard_does_all_of_it(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(bypass_csp=True), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "one", "two", "three")
    expect(bubble(page, "three")).to_be_visible()
    page.locator(".scroller").focus()
    page.keyboard.press("Tab")
    expect(row(page, "three")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row(page, "two")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Message")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(row(page, "two")).to_be_focused()
    page.keyboard.press("+")
    picker = page.get_by_role("dialog", name="Pick an emoji")
    picker.get_by_role("button", name="grinning face", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(row(page, "two").locator(".reaction").first).to_contain_text("😃")
    page.keyboard.press("e")
    expect(composer(page)).to_have_value("two")
    composer(page).fill("2")
    composer(page).press("Enter")
    expect(bubble(page, "2").locator(".edited")).to_be_visible()
    row(page, "one").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(bubble(page, "You deleted this message.")).to_be_visible()
    assert texts(page)[1:] == ["2", "three"]


@pytest.mark.slow
def test_on_a_phone_a_tap_opens_the_actions(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_api_user(), new_person(**PHONE, color_scheme="dark", bypass_csp=True)
    message = said(alice, bob.username, "tap here")
    said(alice, bob.username, "an answer", replyTo=message["sequence"])
    page = bob.open(f"#/u/{alice.username}")
    bubble(page, "tap here").locator(".text").first.tap()
    dialog = page.get_by_role("dialog", name="Message")
    dialog.get_by_role("button", name="👍").tap()
    expect(row(page, "tap here").locator(".reaction").first).to_contain_text("👍")
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
    bubble(page, "tap here").locator(".text").first.tap()
    dialog.get_by_role("button", name="Pick an emoji").tap()
    expect(page.locator(".emoji-button").nth(50)).to_be_attached()
    assert fits(page)
    assert violations(page) == []


@pytest.mark.slow
def test_answers_reactions_and_pins_reach_who_was_away(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, other = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    write(page, "one", "two", "three")
    write(other, "four")
    expect(bubble(page, "four")).to_be_visible()
    from_bob = ApiUser(bob.server, bob.username)
    newest = from_bob.request("GET", "conversations")["conversations"][0]["lastMessage"]["messageId"]
    number = newest.partition("-")[0]
    for sequence, path, body in ((1, "reactions", {"emoji": "👍"}), (2, "pin", {"on": True})):
        from_bob.request("POST" if path == "reactions" else "PUT", f"message/{number}-{sequence}/{path}", body)
    expect(row(other, "one").locator(".reaction[aria-pressed]")).to_contain_text("👍")
    bob.context.set_offline(True)
    expect(other.locator(".banner")).to_be_visible()

    from_alice = ApiUser(alice.server, alice.username)
    from_bob.request("POST", f"message/{number}-1/reactions", {"emoji": "👍", "on": False})
    from_alice.request("POST", f"message/{number}-3/reactions", {"emoji": "🎉"})
    from_alice.request("PUT", f"message/{number}-2/pin", {"on": False})
    from_alice.request("PUT", f"message/{number}-4/pin", {"on": True})
    open_menu(page, "four").get_by_role("button", name="Reply", exact=True).click()
    write(page, "an answer")

    def is_up_to_date(view: Page) -> None:
        expect(row(view, "an answer").locator(".quote")).to_contain_text("four")
        expect(row(view, "three").locator(".reaction[aria-pressed]")).to_contain_text("🎉")
        expect(row(view, "one").locator(".reaction[aria-pressed]")).to_have_count(0)
        pinned = open_pinned(view)
        expect(pinned).to_contain_text("four")
        expect(pinned).not_to_contain_text("two")
        view.keyboard.press("Escape")

    is_up_to_date(page)
    bob.context.set_offline(False)
    expect(bubble(other, "an answer")).to_be_visible(timeout=15_000)
    is_up_to_date(other)
    other.reload()
    is_up_to_date(other)


@pytest.mark.slow
def test_a_refused_change_says_why_and_loses_nothing(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "hello")
    expect(page.locator(".tick-stored")).to_be_visible()
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("hello")
    composer(page).fill("hello again")
    alice.context.set_offline(True)
    composer(page).press("Enter")
    expect(page.locator(".notice")).to_contain_text("The server cannot be reached.")
    expect(composer(page)).to_have_value("hello again")
    alice.context.set_offline(False)
    expect(page.locator(".banner")).to_have_count(0, timeout=15_000)
    composer(page).press("Enter")
    expect(bubble(page, "hello again")).to_be_visible()
