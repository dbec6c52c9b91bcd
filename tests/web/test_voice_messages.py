"""Voice messages, recorded from a microphone that plays a beep once a second."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.web.browser import FLAGS, chromium_path
from tests.web.page_checks import fits, violations
from tests.web.people import Person, composer, wait_connected, wait_until, write
from tests.web.sent_files import attach, attached, files_of, text
from tests.web.server import ApiUser, Server

DEVICE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

REFUSE = """if (isSecureContext) {
  MediaDevices.prototype.getUserMedia = async () => {
    throw new DOMException("", "NAME");
  };
}"""

KEEP_TRACKS = """if (isSecureContext) {
  window.tracks = [];
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (wanted) {
    const stream = await ask.call(this, wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
"""Keeps what the microphone records in `tracks`."""

NewPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def recording_browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *DEVICE])
    yield launched
    launched.close()


@pytest.fixture
def speaker(recording_browser: Browser, server: Server, unused: Iterator[str]) -> Iterator[Callable[..., Person]]:
    """Makes users whose browser has a microphone. Fails at the end if a page logged an error or a warning."""
    people: list[Person] = []

    def make(**options: Any) -> Person:
        context = recording_browser.new_context(locale="en-GB", service_workers="block", **options)
        people.append(Person(context, server, next(unused)))
        people[-1].sign_in()
        return people[-1]

    yield make
    for person in people:
        person.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


def record(page: Page, seconds: int) -> None:
    page.get_by_role("button", name="Record a voice message").click()
    expect(page.get_by_role("timer")).to_have_text(f"0:0{seconds}")


def states_of_tracks(page: Page) -> list[str]:
    found: list[str] = page.evaluate("tracks.map(({ readyState }) => readyState)")
    return found


@pytest.mark.slow
def test_a_voice_message_is_recorded_paused_heard_and_sent_with_its_waveform(
    speaker: NewPerson, new_person: NewPerson
) -> None:
    alice, bob = speaker(), new_person()
    page, theirs = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    record(page, 2)
    expect(page.get_by_role("group", name="Voice message").get_by_role("status")).to_have_text("Recording")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("group", name="Voice message").get_by_role("status")).to_have_text("Recording paused")
    page.get_by_role("button", name="Listen to the recording").click()
    wait_until(page, "() => document.querySelector('.voice-listen audio').currentTime > 0.2")
    page.get_by_role("button", name="Go on recording").click()
    expect(page.get_by_role("timer")).to_have_text("0:03")
    page.get_by_role("button", name="Send the voice message").click()
    expect(composer(page)).to_be_focused()
    expect(page.locator(".tick-sending")).to_have_count(0)
    expect(theirs.locator(".sound-voice")).to_be_visible()
    (file,) = files_of(ApiUser(bob.server, bob.username), alice.username)
    assert file["kind"] == "audio"
    assert file["isVoice"]
    assert 2.5 < file["seconds"] < 6
    assert len(file["waveform"]) == 64
    assert max(file["waveform"]) == 100, "the beep"
    assert min(file["waveform"]) < 20, "the silence between two"


@pytest.mark.slow
def test_a_recording_that_is_discarded_is_not_sent_and_gives_the_microphone_back(
    speaker: NewPerson, new_person: NewPerson
) -> None:
    alice, bob = speaker(), new_person()
    alice.context.add_init_script(KEEP_TRACKS)
    page = alice.open(f"#/u/{bob.username}")
    record(page, 1)
    page.get_by_role("button", name="Discard the recording").click()
    expect(composer(page)).to_be_focused()
    assert states_of_tracks(page) == ["ended"]
    write(page, "only this")
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert files_of(ApiUser(bob.server, bob.username), alice.username) == []


@pytest.mark.slow
def test_the_line_for_new_messages_goes_away_with_a_voice_message_of_ones_own(
    speaker: NewPerson, new_api_user: Callable[..., ApiUser]
) -> None:
    alice, bob = speaker(), new_api_user()
    bob.say(alice.username, "new")
    page = alice.open(f"#/u/{bob.username}")
    line = page.get_by_text("New messages", exact=True)
    expect(line).to_be_visible()
    record(page, 1)
    expect(line).to_be_visible()
    page.get_by_role("button", name="Send the voice message").click()
    expect(page.locator(".sound-voice")).to_be_visible()
    expect(line).to_have_count(0)


@pytest.mark.slow
def test_a_recording_waits_while_another_conversation_is_open(speaker: NewPerson, new_person: NewPerson) -> None:
    alice, bob, carol = speaker(), new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    record(page, 1)
    page.goto(f"{alice.server.url}#/u/{carol.username}")
    page.get_by_role("button", name="Record a voice message").click()
    expect(page.get_by_text("already being recorded in another conversation")).to_be_visible()
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    expect(page.get_by_role("button", name="Go on recording")).to_be_visible()
    page.get_by_role("button", name="Send the voice message").click()
    expect(composer(page)).to_be_focused()
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1


@pytest.mark.slow
def test_a_recording_that_waits_ends_with_the_session(speaker: NewPerson, new_person: NewPerson) -> None:
    alice, bob, carol = speaker(), new_person(), new_person()
    alice.context.add_init_script(KEEP_TRACKS)
    page = alice.open(f"#/u/{bob.username}")
    record(page, 1)
    page.goto(f"{alice.server.url}#/u/{carol.username}")
    expect(page.get_by_role("button", name="Record a voice message")).to_be_visible()
    assert states_of_tracks(page) == ["live"]
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    wait_until(page, "() => tracks.every(({ readyState }) => readyState === 'ended')")
    page.get_by_label("Find your name").fill(carol.username)
    page.get_by_role("button", name=f"@{carol.username}").click()
    wait_connected(page)
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    expect(page.get_by_role("button", name="Record a voice message")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)


@pytest.mark.slow
def test_a_microphone_that_is_refused_or_missing_is_explained(speaker: NewPerson, new_person: NewPerson) -> None:
    bob = new_person()
    for name, sentence in (
        ("NotAllowedError", "The browser may not use the microphone."),
        ("NotFoundError", "There is no microphone"),
        ("NotReadableError", "The microphone could not be used."),
    ):
        alice = speaker()
        alice.context.add_init_script(REFUSE.replace("NAME", name))
        page = alice.open(f"#/u/{bob.username}")
        page.get_by_role("button", name="Record a voice message").click()
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(composer(page)).to_be_visible()


def test_a_microphone_that_cannot_be_recorded_from_is_given_back(speaker: NewPerson, new_person: NewPerson) -> None:
    alice, bob = speaker(), new_person()
    alice.context.add_init_script(KEEP_TRACKS)
    page = alice.open(f"#/u/{bob.username}")
    page.evaluate("""() => {
        MediaRecorder.prototype.start = () => { throw new DOMException("", "NotSupportedError"); };
    }""")
    page.get_by_role("button", name="Record a voice message").click()
    expect(page.get_by_text("The microphone could not be used.")).to_be_visible()
    assert states_of_tracks(page) == ["ended"]


@pytest.mark.slow
def test_what_is_recorded_until_the_microphone_is_unplugged_can_be_heard_and_sent(
    speaker: NewPerson, new_person: NewPerson
) -> None:
    alice, bob = speaker(), new_person()
    alice.context.add_init_script(KEEP_TRACKS)
    page = alice.open(f"#/u/{bob.username}")
    record(page, 2)
    # A recorder stops when all of its tracks have ended, whyever they have.
    page.evaluate("tracks.forEach((track) => track.stop())")
    bar = page.get_by_role("group", name="Voice message")
    expect(bar.get_by_role("status")).to_contain_text("The microphone is disconnected.")
    expect(bar.get_by_role("button", name="Go on recording")).to_have_attribute("aria-disabled", "true")
    bar.get_by_role("button", name="Go on recording").click(force=True)
    bar.get_by_role("button", name="Listen to the recording").click()
    wait_until(page, "() => document.querySelector('.voice-listen audio').currentTime > 0.2")
    bar.get_by_role("button", name="Send the voice message").click()
    expect(composer(page)).to_be_focused()
    expect(page.locator(".tick-sending")).to_have_count(0)
    (file,) = files_of(ApiUser(bob.server, bob.username), alice.username)
    assert file["seconds"] > 1


@pytest.mark.slow
def test_the_microphone_is_offered_only_where_nothing_is_written(speaker: NewPerson, new_person: NewPerson) -> None:
    alice, bob = speaker(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    microphone = page.get_by_role("button", name="Record a voice message")
    expect(microphone).to_be_visible()
    composer(page).fill("words")
    expect(microphone).to_have_count(0)
    composer(page).fill("")
    expect(microphone).to_be_visible()
    attach(page, text())
    expect(microphone).to_have_count(0)
    expect(attached(page)).to_have_count(1)


@pytest.mark.parametrize(
    "look", [{"viewport": {"width": 320, "height": 640}}, {"color_scheme": "dark", "forced_colors": "active"}]
)
def test_recording_is_accessible_and_fits(speaker: NewPerson, new_person: NewPerson, look: dict[str, Any]) -> None:
    alice, bob = speaker(bypass_csp=True, **look), new_person()
    page = alice.open(f"#/u/{bob.username}")
    record(page, 1)
    assert violations(page, within=".composer") == []
    assert fits(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Listen to the recording")).to_be_enabled()
    assert violations(page, within=".composer") == []
    assert fits(page)
