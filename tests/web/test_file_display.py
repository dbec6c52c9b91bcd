"""The files of a message: each is shown as what it is, in a place that is kept before it loads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web import faked_responses, media
from tests.web.media import jpeg, text
from tests.web.page_checks import fits
from tests.web.people import Person, bubble, scroll, wait_connected, wait_until
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

PREVIEW = r"/file/[\d-]+/preview/"
ATTACK = "<script>document.title = 'taken over'</script><svg xmlns='http://www.w3.org/2000/svg' onload=\"alert(1)\"/>"

SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
        .observe({ type: "layout-shift", buffered: false });
}"""

TOP_OF = """(text) => [...document.querySelectorAll('.row-message')]
    .find((row) => row.textContent.includes(text)).getBoundingClientRect().top"""


@pytest.mark.slow
def test_a_picture_reaches_who_is_there_and_who_was_away(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, carol = new_person(), new_api_user(), new_person()
    group = bob.make_group("Harbour", alice.username, carol.username)
    page = alice.open(f"#/g/{group}")
    bob.send_files(group, "the ferry", jpeg(alt="A ferry at the pier"), group=True)
    picture = bubble(page, "the ferry").get_by_role("button", name="A ferry at the pier")
    expect(picture.locator("img.picture-there")).to_be_visible()
    box = bubble(page, "the ferry").locator(".picture").bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(4 / 3, rel=0.02)
    later = carol.open(f"#/g/{group}")
    expect(later.get_by_role("button", name="A ferry at the pier").locator("img.picture-there")).to_be_visible()


@pytest.mark.slow
def test_a_picture_loads_the_preview_that_suits_the_screen(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", jpeg())
    page = alice.open(f"#/u/{bob.username}")
    expect(page.locator("img.picture-there")).to_be_visible()
    assert page.locator("img.picture-image").evaluate("image => image.currentSrc").endswith("/preview/1")
    expect(page.get_by_role("button", name="Picture: harbour.jpg")).to_be_visible()


@pytest.mark.slow
def test_a_picture_that_is_loading_shows_its_colours(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "slow", jpeg(hue=0))
    page = alice.context.new_page()
    release = faked_responses.hold(page, PREVIEW)
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    painted = """() => {
        const canvas = document.querySelector('canvas.picture-placeholder');
        if (!canvas || canvas.width < 8) return false;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const corner = [...data.slice(0, 3)];
        return corner[0] > corner[2] + 30;
    }"""
    wait_until(page, painted)
    release()
    expect(page.locator("img.picture-there")).to_be_visible()
    expect(page.locator("canvas.picture-placeholder")).to_have_count(0)


@pytest.mark.slow
def test_several_pictures_share_a_grid_that_says_how_many_more_there_are(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "seven", *(jpeg(f"{at}.jpg", 400, 300, 30 * at) for at in range(7)))
    bob.send_files(alice.username, "two", *(jpeg(f"{at}.jpg", 400, 300, 30 * at) for at in range(2)))
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seven").locator(".picture")).to_have_count(4)
    expect(bubble(page, "seven").get_by_role("button", name="Picture: 3.jpg, and 3 more pictures")).to_be_visible()
    expect(bubble(page, "seven").get_by_role("group", name="7 files")).to_be_visible()
    expect(bubble(page, "two").locator(".picture")).to_have_count(2)


@pytest.mark.slow
def test_nothing_moves_when_pictures_load(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    for at in range(4):
        bob.send_files(alice.username, f"picture {at}", jpeg(width=900, height=300 + 300 * at))
    bob.say(alice.username, "the last words")
    page = alice.context.new_page()
    page.add_init_script(f"({SHIFTS})()")
    release = faked_responses.hold(page, PREVIEW)
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    expect(page.locator(".picture")).not_to_have_count(0)
    wait_connected(page)
    page.wait_for_timeout(500)
    names = [f"picture {at}" for at in range(4) if bubble(page, f"picture {at}").count()]
    before = [page.evaluate(TOP_OF, name) for name in names]
    page.evaluate("shifts.length = 0")
    release()
    for image in page.locator("img.picture-image").all():
        expect(image).to_have_class(re.compile("picture-there"))
    assert len(names) >= 2
    assert [page.evaluate(TOP_OF, name) for name in names] == before
    assert page.evaluate("shifts") == []


@pytest.mark.slow
def test_nothing_jumps_while_one_scrolls_up_through_pictures(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    for at in range(24):
        bob.send_files(alice.username, f"number {at}.", jpeg(width=600, height=200 + 90 * (at % 7), hue=10 * at))
    ApiUser(alice.server, alice.username).say(bob.username, "seen")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seen")).to_be_in_viewport()
    jumps = page.evaluate("""async () => {
        const scroller = document.querySelector('.scroller');
        const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const jumps = [];
        for (let step = 0; step < 60 && scroller.scrollTop > 60; step += 1) {
            const row = [...document.querySelectorAll('article[data-row]')]
                .find((one) => one.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top + 80);
            const before = row.getBoundingClientRect().top;
            scroller.scrollTop -= 120;
            await frame();
            jumps.push(Math.abs(row.getBoundingClientRect().top - before - 120));
        }
        return jumps;
    }""")
    assert len(jumps) > 30
    assert max(jumps) <= 2, jumps


@pytest.mark.slow
def test_a_history_of_pictures_has_about_its_real_height_before_it_is_drawn(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    for at in range(20):
        bob.send_files(alice.username, "", jpeg(width=600, height=450, hue=10 * at))
    ApiUser(alice.server, alice.username).say(bob.username, "seen")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seen")).to_be_in_viewport()
    height = "document.querySelector('.scroller').scrollHeight"
    guessed = page.evaluate(height)
    for _ in range(16):
        scroll(page, -500)
        page.wait_for_timeout(60)
    real = page.evaluate(height)
    assert guessed == pytest.approx(real, rel=0.1)


@pytest.mark.slow
def test_a_picture_that_is_gone_says_so_and_one_that_is_offline_comes_back(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "lost", jpeg())
    page = alice.context.new_page()
    undo = faked_responses.fail(page, PREVIEW)
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    failed = bubble(page, "lost").locator(".picture-failed")
    expect(failed).to_contain_text("This picture cannot be loaded")
    alice.context.set_offline(True)
    expect(failed).to_contain_text("You are offline", timeout=30_000)
    undo()
    alice.context.set_offline(False)
    expect(bubble(page, "lost").locator("img.picture-there")).to_be_visible(timeout=30_000)


def test_an_outsider_finds_no_file(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob, mallory = new_person(), new_api_user(), new_person()
    file_id = bob.send_files(alice.username, "", jpeg())["files"][0]["fileId"]
    for address in (f"file/{file_id}", f"file/{file_id}/preview/0"):
        assert alice.context.request.get(alice.server.url + address).ok
        assert mallory.context.request.get(alice.server.url + address).status == 404


@pytest.mark.slow
def test_a_video_plays_in_its_place(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    blank = alice.context.new_page()
    film = media.video(blank)
    blank.close()
    size = {"width": 320, "height": 180, "seconds": 1.5}
    bob.send_files(alice.username, "", SentFile("ferry.webm", "video/webm", film, size))
    bob.send_files(alice.username, "broken", SentFile("broken.webm", "video/webm", film[:300], size))
    page = alice.open(f"#/u/{bob.username}")
    shown = page.locator("video[aria-label='Video: ferry.webm']")
    expect(shown).to_be_visible()
    box = shown.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.02)
    shown.evaluate("video => { video.muted = true; return video.play(); }")
    wait_until(page, "() => document.querySelector('video').currentTime > 0.2")
    # What cannot be played can be downloaded.
    expect(bubble(page, "broken")).to_contain_text("cannot be played here")
    expect(bubble(page, "broken").get_by_role("link", name="Download broken.webm")).to_be_visible()


@pytest.mark.slow
def test_a_pdf_shows_its_first_page_and_is_downloaded_under_its_name(
    new_person: NewPerson, new_api_user: NewApiUser, tmp_path: Any
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", SentFile("minutes.pdf", "application/pdf", media.pdf(tmp_path)))
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("img", name="First page of minutes.pdf")).to_be_visible()
    expect(page.locator(".file-facts")).to_have_text(re.compile(r"PDF · \d+ kB"))
    with page.expect_download() as started:
        page.get_by_role("link", name="Download minutes.pdf").click()
    assert started.value.suggested_filename == "minutes.pdf"


@pytest.mark.slow
def test_code_is_shown_in_colours_when_somebody_asks(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    lines = "".join(f"def ferry_{at}():\n    return {at}\n" for at in range(4_000))
    bob.send_files(alice.username, "", text("ferries.py", lines))
    page = alice.open(f"#/u/{bob.username}")
    ranges: list[str | None] = []
    page.on("request", lambda request: "/file/" in request.url and ranges.append(request.headers.get("range")))
    card = page.locator(".file-card")
    expect(card).to_contain_text("ferries.py")
    expect(card.locator("pre")).to_have_count(0)
    card.get_by_role("button", name="Show the beginning").click()
    expect(card.locator(".hl-keyword").first).to_have_text("def")
    expect(card.locator("pre")).to_contain_text("ferry_5")
    expect(card.locator("pre")).not_to_contain_text("ferry_7")
    assert ranges == ["bytes=0-65535"]
    card.get_by_role("button", name="Open").click()
    dialog = page.get_by_role("dialog", name="ferries.py")
    expect(dialog.locator("pre")).to_contain_text("ferry_900")
    expect(dialog).to_contain_text("Only the beginning is shown")
    page.keyboard.press("Escape")
    expect(card.get_by_role("button", name="Open")).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["page.html", "picture.svg", "notes.txt"])
def test_a_hostile_file_is_text_and_never_a_page(new_person: NewPerson, new_api_user: NewApiUser, name: str) -> None:
    alice, bob = new_person(), new_api_user()
    file = bob.send_files(alice.username, "", SentFile(name, "text/html", ATTACK.encode()))["files"][0]
    page = alice.open(f"#/u/{bob.username}")
    title = page.title()
    page.locator(".file-card").get_by_role("button", name="Show the beginning").click()
    expect(page.locator(".file-text")).to_contain_text("<script>")
    page.locator(".file-card").get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog").locator(".file-text")).to_contain_text("<script>")
    assert page.title() == title
    answer = alice.context.request.get(f"{alice.server.url}file/{file['fileId']}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_long_or_misleading_name_shows_its_real_ending(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(viewport={"width": 320, "height": 600}), new_api_user()
    long_name = "the minutes of the general meeting " * 4 + "are.exe"
    bob.send_files(alice.username, "", SentFile(long_name, "application/zip", b"PK\x03\x04" + bytes(300)))
    page = alice.open(f"#/u/{bob.username}")
    end = page.locator(".file-name-end")
    expect(end).to_have_text(re.compile(r"\.exe$"))
    inside = "(end) => end.getBoundingClientRect().right <= end.closest('.file-card').getBoundingClientRect().right"
    assert end.evaluate(inside)
    assert fits(page)
