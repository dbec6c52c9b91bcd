"""The gallery: all pictures and videos of a conversation, by keys, fingers, mouse and wheel."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web import faked_responses, media
from tests.web.media import jpeg
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, reach, wait_until
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def fill(person: Person, sender: ApiUser, count: int = 3) -> None:
    for at in range(count):
        sender.send_files(person.username, f"message {at}", jpeg(f"{at}.jpg", hue=40 * at, alt=f"View {at}"))


def open_gallery(page: Page, name: str = "View 1") -> Locator:
    picture = page.locator(".bubble").get_by_role("button", name=name)
    reach(picture)
    picture.click()
    gallery = page.get_by_role("dialog")
    expect(gallery.locator(".gallery-image")).to_be_visible()
    # The other pictures are known.
    expect(gallery.locator(".gallery-count")).not_to_be_empty()
    return gallery


def scale(page: Page) -> float:
    found: float = page.locator(".gallery-picture").evaluate(
        "picture => new DOMMatrix(getComputedStyle(picture).transform).a"
    )
    return found


def shows(gallery: Locator, name: str) -> None:
    expect(gallery.locator(".gallery-image")).to_have_attribute("alt", name)


@pytest.mark.slow
def test_keys_go_through_the_pictures_and_enlarge_them(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    expect(gallery).to_have_accessible_name("1.jpg")
    expect(gallery.get_by_role("status")).to_have_text("2 of 3")
    expect(gallery.locator(".gallery-foot")).to_contain_text(bob.username.replace("user", "User "))
    steps = {"ArrowRight": "View 2", "ArrowLeft": "View 1", "Home": "View 0", "End": "View 2"}
    for key, name in steps.items():
        page.keyboard.press(key)
        shows(gallery, name)
    page.keyboard.press("ArrowRight")
    shows(gallery, "View 2")
    expect(gallery.get_by_role("button", name="Next picture")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.5)
    page.keyboard.press("+")
    page.keyboard.press("-")
    assert scale(page) == pytest.approx(1.5)
    page.keyboard.press("0")
    assert scale(page) == 1
    page.keyboard.press("Escape")
    expect(gallery).to_have_count(0)
    expect(page.locator(".bubble").get_by_role("button", name="View 1")).to_be_focused()


@pytest.mark.slow
def test_in_a_page_from_right_to_left_the_next_picture_is_at_the_left(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(locale="ar"), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    page.keyboard.press("ArrowLeft")
    shows(gallery, "View 2")
    next_box, back_box = (gallery.locator(f".gallery-{name}").bounding_box() for name in ("next", "back"))
    assert next_box is not None
    assert back_box is not None
    assert next_box["x"] < back_box["x"]


@pytest.mark.slow
def test_the_focus_stays_in_the_gallery(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    open_gallery(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        assert page.evaluate(inside)


@pytest.mark.slow
def test_wheel_mouse_and_double_click_enlarge_and_move(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    stage = gallery.locator(".gallery-stage")
    stage.dblclick(position={"x": 500, "y": 300})
    assert scale(page) == pytest.approx(2.5)
    expect(gallery.locator(".gallery-image")).to_have_attribute("src", re.compile(r"/file/[\d-]+$"))
    place = "picture => new DOMMatrix(getComputedStyle(picture).transform).e"
    before = page.locator(".gallery-picture").evaluate(place)
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(420, 400, steps=4)
    page.mouse.up()
    assert page.locator(".gallery-picture").evaluate(place) == pytest.approx(before - 80, abs=1)
    stage.dblclick(position={"x": 500, "y": 300})
    assert scale(page) == 1
    page.mouse.wheel(0, -300)
    assert 1.5 < scale(page) < 2.5
    for _ in range(5):
        page.mouse.wheel(0, 600)
    assert scale(page) == 1


def touches(page: Page) -> Callable[[str, list[tuple[int, int]]], Any]:
    session = page.context.new_cdp_session(page)

    def touch(kind: str, points: list[tuple[int, int]]) -> Any:
        places = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        return session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    return touch


@pytest.mark.slow
def test_fingers_pinch_move_and_swipe(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(**PHONE), new_api_user()
    fill(alice, bob)
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    expect(gallery.get_by_role("status")).to_have_text("2 of 3")
    touch = touches(page)

    def swipe(*xs: int) -> None:
        touch("touchStart", [(xs[0], 400)])
        for x in xs[1:]:
            touch("touchMove", [(x, 400)])
        touch("touchEnd", [])

    touch("touchStart", [(170, 400), (220, 400)])
    for by in (20, 40, 60):
        touch("touchMove", [(170 - by, 400), (220 + by, 400)])
    touch("touchEnd", [])
    assert scale(page) > 2.5
    # What is enlarged is moved by a finger, not left.
    swipe(300, 250, 200)
    shows(gallery, "View 1")
    page.keyboard.press("0")
    swipe(300, 240, 160, 100)
    shows(gallery, "View 2")
    swipe(100, 160, 240, 300)
    shows(gallery, "View 1")
    swipe(200, 190, 180)
    shows(gallery, "View 1")
    for _ in range(2):
        touch("touchStart", [(200, 400)])
        touch("touchEnd", [])
    assert scale(page) == pytest.approx(2.5)


@pytest.mark.slow
def test_a_gallery_goes_beyond_the_messages_on_the_page(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    blank = alice.context.new_page()
    size = {"width": 320, "height": 180}
    bob.send_files(alice.username, "film", SentFile("ferry.webm", "video/webm", media.video(blank), size))
    blank.close()
    several = [jpeg(f"{at}.jpg", 40, 30, 4 * at, alt=f"View {at}.") for at in range(8)]
    views = bob.send_files(alice.username, "", *several)
    for _ in range(6):
        bob.request("POST", f"message/{views['messageId']}/forward", {"receiver": alice.username, "group": False})
    bob.send_files(alice.username, "", jpeg("last.jpg", 40, 30, 90, alt="The last view."))
    bob.send_files(alice.username, "", SentFile("horn.wav", "audio/wav", media.sound(1)))
    ApiUser(alice.server, alice.username).say(bob.username, "seen")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seen")).to_be_in_viewport()
    gallery = open_gallery(page, "The last view.")
    expect(gallery.get_by_role("status")).to_have_text("58 of 58")
    page.keyboard.press("Home")
    expect(gallery.locator("video")).to_be_visible()
    expect(gallery).to_have_accessible_name("ferry.webm")


@pytest.mark.slow
def test_from_a_picture_one_goes_to_its_message_or_downloads_it(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob)
    bob.say(alice.username, *(f"line {at}" for at in range(60)))
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    with page.expect_download() as started:
        gallery.get_by_role("link", name="Download 1.jpg").click()
    assert started.value.suggested_filename == "1.jpg"
    gallery.get_by_role("button", name="Go to message").click()
    expect(page.locator(".row-message.target")).to_contain_text("message 1")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
def test_a_picture_that_cannot_be_loaded_is_named_in_the_gallery(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob, 2)
    page = alice.open(f"#/u/{bob.username}")
    expect(page.locator("img.picture-there").first).to_be_visible()
    undo = faked_responses.fail(page, r"/file/")
    page.locator(".bubble").get_by_role("button", name="View 1").click()
    page.keyboard.press("+")
    expect(page.get_by_role("dialog")).to_contain_text("This picture cannot be loaded")
    undo()


@pytest.mark.slow
def test_a_picture_that_the_browser_cannot_show_is_enlarged_by_its_preview(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    fill(alice, bob, 2)
    page = alice.open(f"#/u/{bob.username}")
    original = re.compile(r"/file/[\d-]+$")
    page.route(original, lambda route: route.fulfill(status=200, content_type="image/heic", body=b"no picture here"))
    gallery = open_gallery(page)
    with page.expect_response(original):
        page.keyboard.press("+")
    image = gallery.locator(".gallery-image")
    expect(image).to_have_attribute("src", re.compile(r"/preview/\d$"))
    wait_until(page, "() => document.querySelector('.gallery-image').naturalWidth > 0")
    assert scale(page) == pytest.approx(1.5)
    page.unroute(original)
    alice.context.set_offline(True)
    expect(page.locator(".chat[data-connection=connected]")).to_have_count(0)
    alice.context.set_offline(False)
    expect(image).to_have_attribute("src", original)
    wait_until(page, "() => document.querySelector('.gallery-image').naturalWidth > 0")


@pytest.mark.slow
@pytest.mark.parametrize("look", ["desk", "phone", "small", "forced colours"])
def test_the_gallery_fits_and_passes_axe(new_person: NewPerson, new_api_user: NewApiUser, look: str) -> None:
    looks: dict[str, dict[str, Any]] = {
        "desk": {},
        "phone": PHONE,
        "small": {"viewport": {"width": 320, "height": 256}},
        "forced colours": {"forced_colors": "active"},
    }
    alice, bob = new_person(bypass_csp=True, **looks[look]), new_api_user()
    fill(alice, bob, 2)
    page = alice.open(f"#/u/{bob.username}")
    gallery = open_gallery(page)
    expect(gallery.get_by_role("status")).to_have_text("2 of 2")
    assert violations(page) == []
    assert fits(page)
    for button in gallery.get_by_role("button").all():
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport()
    take_screenshot(page, f"gallery-{look.replace(' ', '-')}")
