"""A person's profile in the browser: picture, name, status text, time zone, and how others see them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pictures import BLUE, RED, encoded, plain
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, line, wait_connected, write
from tests.web.server import ApiUser
from tests.web.test_account import open_account

NewPerson = Callable[..., Person]
HALVES = plain(RED, (900, 600))
HALVES.paste(BLUE, (450, 0, 900, 600))


def picture_in(place: Locator) -> Locator:
    return place.locator("img.avatar-shown")


def choose(page: Page, data: bytes, name: str = "me.png", kind: str = "image/png") -> None:
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": data}
    )


@pytest.mark.slow
def test_a_picture_a_name_and_a_status_reach_others_at_once_and_after_a_reload(new_person: NewPerson) -> None:
    anna, ben = new_person(bypass_csp=True, **PHONE), new_person(bypass_csp=True)
    theirs = ben.open(f"#/u/{anna.username}")
    write(theirs, "hello")
    page = anna.open()
    before = theirs.locator(".conversation-head .avatar").bounding_box()
    open_account(page, "Profile")
    dialog = page.get_by_role("dialog", name="Profile")
    assert violations(page) == []
    choose(page, encoded(HALVES, "JPEG", quality=90), "me.jpg", "image/jpeg")
    expect(dialog.get_by_role("button", name="Save picture")).to_be_focused()
    assert violations(page) == []
    take_screenshot(page, "profile-preview-phone")
    dialog.get_by_role("button", name="Save picture").click()
    expect(picture_in(dialog)).to_be_visible()
    expect(picture_in(theirs.locator(".conversation-head"))).to_be_visible()
    assert theirs.locator(".conversation-head .avatar").bounding_box() == before, "nothing moves"
    dialog.get_by_label("First name").fill("Annabel")
    dialog.get_by_label("Last name (optional)").fill("Æble")
    dialog.get_by_label("Status (optional)").fill("🌴 away until Monday")
    dialog.get_by_label("Time zone").select_option("Asia/Tokyo")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("Saved. Everybody sees it now.")
    assert fits(page)
    take_screenshot(page, "profile-phone")
    for _ in range(2):
        head = theirs.locator(".conversation-head")
        expect(head.get_by_role("heading")).to_have_text("Annabel Æble")
        expect(head).to_contain_text("🌴 away until Monday")
        expect(head).to_contain_text(re.compile(r"\d+:\d\d.? for them"))
        theirs.get_by_role("searchbox").fill("annabel")
        expect(picture_in(line(theirs, "Annabel Æble"))).to_be_visible()
        expect(picture_in(head)).to_be_visible()
        theirs.reload()
        wait_connected(theirs)
    theirs.get_by_role("button", name="Details").click()
    details = theirs.get_by_role("dialog")
    expect(picture_in(details)).to_be_visible()
    expect(details).to_contain_text("🌴 away until Monday")
    assert violations(theirs) == []
    take_screenshot(theirs, "profile-of-other")


def test_who_was_away_sees_the_change_when_they_are_back(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser]
) -> None:
    anna, ben = new_api_user(), new_person()
    page = ben.open(f"#/u/{anna.username}")
    ben.context.set_offline(True)
    expect(page.locator(".chat[data-connection=connected]")).to_have_count(0)
    changes = {"firstName": "Returned", "lastName": "", "statusText": "back soon"}
    assert anna.request("PATCH", "profile", changes)["profile"]["profileRevision"] == 1
    ben.context.set_offline(False)
    wait_connected(page)
    expect(page.locator(".conversation-head").get_by_role("heading")).to_have_text("Returned")
    expect(page.locator(".conversation-head")).to_contain_text("back soon")


@pytest.mark.slow
def test_a_picture_is_pasted_or_dropped_and_removed(new_person: NewPerson) -> None:
    page = new_person().open()
    open_account(page, "Profile")
    dialog = page.get_by_role("dialog", name="Profile")
    give = """([bytes, kind, type, place]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'me', { type }));
        const name = kind === 'paste' ? 'clipboardData' : 'dataTransfer';
        const options = { bubbles: true, cancelable: true, [name]: data };
        const event = kind === 'paste' ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
        document.querySelector(place).dispatchEvent(event);
    }"""
    data = list(encoded(plain(BLUE, (40, 40)), "PNG"))
    for kind in ("paste", "drop"):
        page.evaluate(give, [data, kind, "image/png", ".picture-place"])
        expect(dialog.get_by_role("img", name="How your picture will look")).to_be_visible()
        expect(dialog.get_by_role("button", name="Save picture")).to_be_focused()
        middle = "[...document.querySelector('canvas').getContext('2d').getImageData(128, 128, 1, 1).data]"
        assert page.evaluate(middle) == [*BLUE, 255]
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog.get_by_role("heading")).to_be_focused()
    page.evaluate(give, [data, "drop", "image/png", ".picture-place"])
    dialog.get_by_role("button", name="Save picture").click()
    expect(picture_in(dialog)).to_be_visible()
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.locator("img")).to_have_count(0)
    expect(dialog.get_by_text("Choose a picture")).to_be_visible()


@pytest.mark.slow
def test_what_cannot_be_a_picture_is_refused_in_words(new_person: NewPerson) -> None:
    page = new_person().open()
    open_account(page, "Profile")
    problem = page.get_by_role("dialog").get_by_role("alert").first
    choose(page, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "me.svg", "image/svg+xml")
    expect(problem).to_have_text("Choose a JPEG, PNG, WebP or GIF.")
    choose(page, bytes(5_000_001))
    expect(problem).to_have_text("This picture is too large. At most 5 MB are possible.")
    choose(page, b"no picture at all")
    expect(problem).to_have_text("This picture is damaged, or of a kind that cannot be shown.")
    page.get_by_role("dialog").get_by_label("First name").fill(" ")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert").last).to_have_text("Enter a first name.")


@pytest.mark.slow
def test_the_initials_stay_where_a_picture_cannot_be_loaded(new_person: NewPerson) -> None:
    anna, ben = new_person(), new_person()
    page = anna.open()
    open_account(page, "Profile")
    choose(page, encoded(plain(RED), "PNG"))
    page.get_by_role("button", name="Save picture").click()
    expect(picture_in(page.get_by_role("dialog"))).to_be_visible()
    ben.context.route(re.compile("/picture/"), lambda route: route.abort())
    theirs = ben.open(f"#/u/{anna.username}")
    head = theirs.locator(".conversation-head .avatar")
    expect(head.locator("img")).to_have_count(1)
    expect(head.locator("img.avatar-shown")).to_have_count(0)
    expect(head.locator("span").first).to_be_visible()
