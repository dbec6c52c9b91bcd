"""Sounds and voice messages: one plays at a time, at a chosen speed, from where one wants, and on while one scrolls."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web import media
from tests.web.media import voice
from tests.web.people import Person, bubble, scroll_to_start, wait_until
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

HEAR = """
    window.sounds = [];
    const NativeAudio = window.Audio;
    window.Audio = function () { const made = new NativeAudio(); sounds.push(made); made.muted = true; return made; };
"""
"""Keeps the page's audio elements in `sounds`, muted."""

PLAYING = "sounds.filter((one) => !one.paused)"


def open_to(alice: Person, bob: ApiUser) -> Page:
    alice.context.add_init_script(HEAR)
    return alice.open(f"#/u/{bob.username}")


def player(page: Page, name: str = "Voice message") -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def test_a_voice_message_plays_on_while_one_scrolls_and_can_be_stopped(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", voice())
    ApiUser(alice.server, alice.username).say(bob.username, *(f"line {at}\n" * 6 for at in range(40)))
    page = open_to(alice, bob)
    expect(bubble(page, "line 39").last).to_be_in_viewport()
    scroll_to_start(page)
    player(page).get_by_role("button", name="Play the voice message").click()
    wait_until(page, f"() => {PLAYING}.some((one) => one.currentTime > 0.2)")
    page.get_by_role("button", name="Jump to the latest message").click()
    expect(player(page).locator(".waveform")).to_have_count(0)
    expect(page.locator(".now-playing-bar")).to_contain_text("Voice message")
    wait_until(page, f"() => {PLAYING}.some((one) => one.currentTime > 1)")
    page.get_by_role("button", name="Stop playing").click()
    wait_until(page, f"() => {PLAYING}.length === 0")
    expect(page.locator(".now-playing-bar")).to_have_count(0)


@pytest.mark.slow
def test_one_sound_plays_at_a_time(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", voice())
    bob.send_files(alice.username, "", SentFile("horn.wav", "audio/wav", media.sound(30)))
    page = open_to(alice, bob)
    player(page).get_by_role("button", name="Play the voice message").click()
    expect(player(page).get_by_role("button", name="Pause")).to_be_visible()
    player(page, "horn.wav").get_by_role("button", name="Play horn.wav").click()
    expect(player(page, "horn.wav").get_by_role("button", name="Pause")).to_be_visible()
    expect(player(page).get_by_role("button", name="Play the voice message")).to_be_visible()
    assert page.evaluate(f"{PLAYING}.length") == 1


@pytest.mark.slow
def test_the_speed_is_chosen_and_remembered(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", voice())
    page = open_to(alice, bob)
    player(page).get_by_role("button", name="Play the voice message").click()
    for rate in (1.5, 2, 1, 1.5):
        player(page).get_by_role("button", name="Speed").click()
        expect(player(page).get_by_role("button", name=f"Speed: {rate}×")).to_be_visible()
        wait_until(page, f"() => {PLAYING}.some((one) => one.playbackRate === {rate})")
    page.reload()
    player(page).get_by_role("button", name="Play the voice message").click()
    expect(player(page).get_by_role("button", name="Speed: 1.5×")).to_be_visible()
    wait_until(page, f"() => {PLAYING}.some((one) => one.playbackRate === 1.5)")


@pytest.mark.slow
def test_one_seeks_by_keys_and_by_the_pointer(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", voice())
    page = open_to(alice, bob)
    slider = player(page).get_by_role("slider", name="Position")
    expect(slider).to_have_attribute("aria-valuetext", "0:00 of 0:12")
    expected = {"ArrowRight": 5, "ArrowUp": 10, "ArrowLeft": 5, "End": 12, "Home": 0, "PageUp": 1.2}
    for key, seconds in expected.items():
        slider.press(key)
        expect(slider).to_have_attribute("aria-valuenow", str(round(seconds)))
        wait_until(page, f"() => sounds.some((one) => Math.abs(one.currentTime - {seconds}) < 0.3)")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(slider).to_have_attribute("aria-valuetext", "0:09 of 0:12")
    played = player(page).locator(".wave-played").count()
    assert played == pytest.approx(player(page).locator(".wave").count() * 3 / 4, abs=1)


def test_a_sound_of_unknown_length_tells_it_before_it_plays(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", SentFile("horn.wav", "audio/wav", media.sound(30)))
    page = open_to(alice, bob)
    slider = player(page, "horn.wav").get_by_role("slider", name="Position")
    expect(slider).to_have_attribute("aria-valuetext", "0:00 of 0:30")
    expect(player(page, "horn.wav").get_by_role("link", name="Download horn.wav")).to_be_visible()


def test_a_sound_that_its_sender_calls_empty_tells_its_length(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", SentFile("horn.wav", "audio/wav", media.sound(30), {"seconds": 0}))
    page = open_to(alice, bob)
    slider = player(page, "horn.wav").get_by_role("slider", name="Position")
    expect(slider).to_have_attribute("aria-valuetext", "0:00 of 0:30")


def test_a_sound_that_cannot_be_played_says_so(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", voice())
    page = alice.context.new_page()
    page.route("**/file/*", lambda route: route.fulfill(status=200, content_type="audio/wav", body=b"no sound"))
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    player(page).get_by_role("button", name="Play the voice message").click()
    expect(player(page).get_by_role("alert")).to_have_text("This sound cannot be played.")


@pytest.mark.slow
def test_a_video_that_begins_pauses_a_sound(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    blank = alice.context.new_page()
    film: Any = media.video(blank)
    blank.close()
    bob.send_files(
        alice.username, "", voice(), SentFile("ferry.webm", "video/webm", film, {"width": 320, "height": 180})
    )
    page = open_to(alice, bob)
    player(page).get_by_role("button", name="Play the voice message").click()
    wait_until(page, f"() => {PLAYING}.length === 1")
    page.locator("video").evaluate("video => { video.muted = true; return video.play(); }")
    wait_until(page, f"() => {PLAYING}.length === 0")
    player(page).get_by_role("button", name="Play the voice message").click()
    wait_until(page, "() => document.querySelector('video').paused")


def test_a_sound_stops_when_its_message_is_deleted(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    sent = bob.send_files(alice.username, "", voice())
    page = open_to(alice, bob)
    player(page).get_by_role("button", name="Play the voice message").click()
    wait_until(page, f"() => {PLAYING}.length === 1")
    bob.request("DELETE", f"message/{sent['messageId']}")
    expect(page.locator(".row-message.deleted")).to_be_visible()
    wait_until(page, "() => sounds.every((one) => one.paused && !one.hasAttribute('src'))")
