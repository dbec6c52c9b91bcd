"""Two people see what a linked page says of itself, on the whole way from the composer to the card."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pictures import RED, encoded, plain
from tests.previews.internet import Site, page, pages, response, write_worker
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]

ANSWERS = {
    "/tea": response(
        page(title="How to make tea", description="Boil water. " * 30, site_name="The kettle", image="/picture")
    ),
    "/plain": response(page("A page without a picture")),
    "/turned": response(page("\u202egnp.exe <b>bold</b>", site_name="\u202ebank")),
    "/hebrew": response(page("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd")),
    "/picture": response(encoded(plain(RED, (1_200, 630)), "PNG"), "image/png"),
}
NAMES = iter(f"user{number}" for number in range(20))


@pytest.fixture(scope="module")
def world() -> Iterator[Site]:
    made = Site(pages(ANSWERS))
    yield made
    made.close()


@pytest.fixture(scope="module")
def previewing(tmp_path_factory: pytest.TempPathFactory, world: Site) -> Iterator[Server]:
    """A server that shows previews, whose worker finds http://example.com/ on this machine."""
    folder = tmp_path_factory.mktemp("previews")
    program = folder / "serve.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom chatapp.eventloop.patching import patch\npatch()\n"
        "from chatapp.cli import main\nfrom chatapp.previews import fetching\n"
        f"fetching.WORKER = Path({str(write_worker(folder, {'example.com': world.port}))!r})\n"
        "main(sys.argv[1:], prog_name='chatapp')\n"
    )
    made = Server(folder / "instance", 20, LINK_PREVIEWS=1)
    made.environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    made.command = [sys.executable, str(program), "serve", "--demo", "20"]
    made.start()
    yield made
    assert made.stop() == 0, made.log


def card(page: Page, title: str) -> Locator:
    return page.locator(".link-preview").filter(has_text=title)


@pytest.mark.slow
def test_both_see_the_card_and_the_sender_removes_it(new_person: NewPerson, previewing: Server, world: Site) -> None:
    alice = new_person(next(NAMES), previewing, bypass_csp=True)
    bob = new_person(next(NAMES), previewing, color_scheme="dark", bypass_csp=True)
    page, other = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    write(page, "look: http://example.com/tea and http://example.com/plain")
    for screen in (page, other):
        group = bubble(screen, "look").get_by_role("group", name="Previews of links")
        link = group.get_by_role("link", name="How to make tea")
        expect(link).to_have_attribute("href", "http://example.com/tea")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(link).to_have_attribute("target", "_blank")
        expect(card(screen, "tea").locator(".link-preview-site")).to_have_text("The kettle · example.com")
        picture = card(screen, "tea").locator("img")
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") == 480
        assert (picture.get_attribute("width"), picture.get_attribute("height")) == ("320", "168")
        assert picture.evaluate("image => new URL(image.src).origin === location.origin")
        lines = card(screen, "tea").locator(".link-preview-description")
        assert lines.evaluate("it => it.clientHeight / parseFloat(getComputedStyle(it).lineHeight)") < 2.5
        expect(card(screen, "without a picture").locator("img")).to_have_count(0)
        assert fits(screen)
        assert violations(screen) == []
    take_screenshot(page, "link-previews")
    take_screenshot(other, "link-previews-dark")
    assert sorted(world.paths) == ["/picture", "/plain", "/tea"]
    expect(card(other, "tea").get_by_role("button")).to_have_count(0)
    card(page, "tea").get_by_role("button", name="Remove the preview").press("Enter")
    for screen in (page, other):
        expect(screen.locator(".link-preview")).to_have_count(0)
        expect(bubble(screen, "look")).to_be_visible()
    bob.page.reload()
    expect(bubble(other, "look")).to_be_visible()
    expect(other.locator(".link-preview")).to_have_count(0)


@pytest.mark.slow
def test_the_place_of_a_picture_is_kept_while_it_loads(new_person: NewPerson, previewing: Server) -> None:
    bob, sender = new_person(next(NAMES), previewing), ApiUser(previewing, next(NAMES))
    sender.say(bob.username, "http://example.com/tea")
    bob.context.route("**/preview-picture/*", lambda _route: None)
    page = bob.open(f"#/u/{sender.username}")
    picture = card(page, "tea").locator("img")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 320 / 168) < 0.05
    assert not picture.evaluate("image => image.complete")


@pytest.mark.slow
def test_a_page_cannot_pose_as_another_or_change_the_order_of_letters(
    new_person: NewPerson, previewing: Server
) -> None:
    bob, sender = new_person(next(NAMES), previewing), ApiUser(previewing, next(NAMES))
    sender.say(bob.username, "http://example.com/turned", "http://example.com/hebrew")
    page = bob.open(f"#/u/{sender.username}")
    expect(card(page, "gnp").get_by_role("link")).to_have_text("gnp.exe <b>bold</b>")
    expect(card(page, "gnp").locator(".link-preview-site")).to_have_text("bank · example.com")
    hebrew = card(page, "\u05e9\u05dc\u05d5\u05dd").locator(".link-preview-title")
    expect(hebrew).to_have_css("direction", "rtl")


@pytest.mark.slow
def test_cards_on_a_narrow_phone_in_arabic_and_in_forced_colours(new_person: NewPerson, previewing: Server) -> None:
    sender = ApiUser(previewing, next(NAMES))
    narrow = {**PHONE, "viewport": {"width": 320, "height": 640}}
    for options in ({"locale": "ar"}, {"forced_colors": "active"}):
        bob = new_person(next(NAMES), previewing, bypass_csp=True, **narrow, **options)
        sender.say(bob.username, "http://example.com/tea")
        page = bob.open(f"#/u/{sender.username}")
        expect(card(page, "tea")).to_be_visible()
        assert fits(page)
        assert violations(page) == []
        take_screenshot(page, f"link-preview-{next(iter(options))}")
        if "forced_colors" in options:
            assert card(page, "tea").evaluate("it => getComputedStyle(it).borderTopWidth") == "1px"


@pytest.mark.slow
def test_who_wants_no_previews_sees_none_and_their_links_are_not_opened(
    new_person: NewPerson, previewing: Server, world: Site
) -> None:
    alice, bob = new_person(next(NAMES), previewing), ApiUser(previewing, next(NAMES))
    bob.say(alice.username, "http://example.com/plain")
    page = alice.open(f"#/u/{bob.username}")
    expect(card(page, "without a picture")).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Previews of links").click()
    expect(dialog.get_by_label("Previews of links")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(card(page, "without a picture")).to_have_count(0)
    before = len(world.asked)
    write(page, "http://example.com/mine")
    expect(bubble(page, "mine").locator(".tick")).to_be_visible()
    bob.say(alice.username, "http://example.com/other")
    expect(bubble(page, "other")).to_be_visible()
    page.wait_for_timeout(3_000)
    assert world.paths[before:] == ["/other"]


@pytest.mark.slow
def test_without_the_setting_of_the_server_there_is_no_switch(new_person: NewPerson) -> None:
    page = new_person().open("")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog").get_by_label("Typing")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("Previews of links")).to_have_count(0)
