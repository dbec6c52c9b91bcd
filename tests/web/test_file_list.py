"""The files of a conversation in its details: pictures, other files and voice messages, the newest first."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web import faked_responses, media
from tests.web.media import jpeg, text, voice
from tests.web.page_checks import fits, take_screenshot, violations
from tests.web.people import Person
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def fill(person: Person, sender: ApiUser) -> None:
    sender.send_files(person.username, "on the pier", jpeg("pier.jpg", alt="The pier"), jpeg("boat.jpg", hue=90))
    sender.send_files(person.username, "", text("notes.txt", "first line\nsecond line\n"))
    sender.send_files(person.username, "", SentFile("horn.wav", "audio/wav", media.sound(2)))
    sender.send_files(person.username, "", voice())


def open_list(page: Page) -> Locator:
    page.locator(".conversation-head").get_by_role("button", name="Details").click()
    page.get_by_role("dialog").get_by_role("button", name="Files").click()
    dialog = page.get_by_role("dialog", name="Files")
    expect(dialog.locator(".spinner")).to_have_count(0)
    return dialog


@pytest.mark.slow
def test_the_list_has_a_tab_for_each_kind(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    dialog = open_list(page)
    expect(dialog.get_by_role("heading", level=3)).to_have_count(1)
    name = bob.username.replace("user", "User ")
    pictures = dialog.locator(".file-grid button")
    expect(pictures).to_have_count(2)
    expect(pictures.nth(0)).to_have_accessible_name(f"Picture: boat.jpg, from {name}")
    expect(pictures.nth(1)).to_have_accessible_name(f"The pier, from {name}")
    dialog.get_by_role("radio", name="Files").check()
    expect(dialog.locator(".file-list li")).to_have_count(2)
    expect(dialog.locator(".file-list li").nth(0)).to_contain_text("horn.wav")
    expect(dialog.locator(".file-list li").nth(1)).to_contain_text("notes.txt")
    dialog.get_by_role("radio", name="Files").press("ArrowRight")
    expect(dialog.locator(".file-list li")).to_have_count(1)
    expect(dialog.get_by_role("button", name="Play the voice message")).to_be_visible()


@pytest.mark.slow
def test_the_list_leads_to_the_gallery_and_back(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    open_list(page).get_by_role("button", name="The pier").click()
    gallery = page.get_by_role("dialog", name="pier.jpg")
    expect(gallery.get_by_role("status")).to_have_text("1 of 2")
    gallery.get_by_role("button", name="Back", exact=True).click()
    dialog = page.get_by_role("dialog", name="Files")
    dialog.get_by_role("radio", name="Files").check()
    dialog.get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog", name="notes.txt")).to_contain_text("second line")
    page.get_by_role("dialog").get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("dialog", name="Person")).to_be_visible()


@pytest.mark.slow
def test_a_file_leads_to_its_message_and_is_downloaded(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    bob.say(alice.username, *(f"line {at}" for at in range(60)))
    page = alice.open(f"#/u/{bob.username}")
    dialog = open_list(page)
    dialog.get_by_role("radio", name="Files").check()
    with page.expect_download() as started:
        dialog.get_by_role("link", name="Download notes.txt").click()
    assert started.value.suggested_filename == "notes.txt"
    dialog.locator("li").filter(has_text="notes.txt").get_by_role("button", name="Go to message").click()
    expect(page.locator(".row-message.target")).to_contain_text("notes.txt")


@pytest.mark.slow
def test_a_long_list_comes_page_by_page(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    first = bob.send_files(alice.username, "", *(jpeg(f"{n}.jpg", 40, 30, 30 * n) for n in range(8)))
    for _ in range(7):
        bob.request("POST", f"message/{first['messageId']}/forward", {"receiver": alice.username, "group": False})
    page = alice.open(f"#/u/{bob.username}")
    dialog = open_list(page)
    expect(dialog.locator(".file-grid button")).to_have_count(50)
    dialog.get_by_role("button", name="Show more").click()
    expect(dialog.locator(".file-grid button")).to_have_count(64)
    expect(dialog.get_by_role("button", name="Show more")).to_have_count(0)


@pytest.mark.slow
def test_an_empty_list_and_a_failed_one_say_so(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, "hello")
    page = alice.open(f"#/u/{bob.username}")
    undo = faked_responses.fail(page, r"/files/")
    dialog = open_list(page)
    expect(dialog.get_by_role("alert")).to_contain_text("The files could not be loaded.")
    undo()
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("No pictures or videos here yet.")


@pytest.mark.slow
def test_files_of_a_deleted_message_are_not_in_the_list(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    message = bob.send_files(alice.username, "", jpeg("regretted.jpg"))
    bob.request("DELETE", f"message/{message['messageId']}")
    page = alice.open(f"#/u/{bob.username}")
    expect(page.locator(".row-message.deleted")).to_be_visible()
    expect(page.locator(".row-message.deleted .picture")).to_have_count(0)
    expect(open_list(page).locator(".file-grid button")).to_have_count(2)


@pytest.mark.slow
@pytest.mark.parametrize("look", ["desk", "narrow Arabic"])
def test_the_list_fits_and_passes_axe(new_person: NewPerson, new_api_user: NewApiUser, look: str) -> None:
    looks: dict[str, dict[str, Any]] = {
        "desk": {"color_scheme": "dark"},
        "narrow Arabic": {"viewport": {"width": 320, "height": 480}, "locale": "ar"},
    }
    alice, bob = new_person(bypass_csp=True, **looks[look]), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    page.locator(".conversation-head > button.icon-button").last.click()
    page.locator("dialog .menu-item").click()
    for tab in ("media", "other", "voice"):
        page.locator(f"input[name=files][value={tab}]").check()
        expect(page.locator("dialog li").first).to_be_visible()
        assert violations(page) == []
        assert fits(page)
        take_screenshot(page, f"file-list-{look.replace(' ', '-')}-{tab}")
