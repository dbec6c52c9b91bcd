"""Files into a message: by the button, a drop and a paste, several at once, with their texts, and what is refused."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.web.copied_text import SPREADSHEET
from tests.web.faked_responses import hold
from tests.web.page_checks import PHONE, fits, violations
from tests.web.people import Person, bubbles, composer, write
from tests.web.sent_files import (
    attach,
    attached,
    drag,
    files_of,
    names_attached,
    noise,
    paste,
    picture,
    sha256,
    text,
    transfer,
)
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]

WAIT_LONG = """() => {
  const wait = setTimeout;
  window.setTimeout = (work, delay, ...words) => wait(work, delay === 2_000 ? 60_000 : delay, ...words);
}"""
"""Makes the page as patient as a slow test."""

LARGEST_BYTES = 2_000_000
QUOTA_BYTES = 3_000_000


@pytest.fixture(scope="module")
def strict_server(make_server: Callable[..., Server]) -> Iterator[Server]:
    """A server that takes only small pictures and texts."""
    server = make_server(
        users=20, FILE_BYTES=LARGEST_BYTES, USER_FILE_BYTES=QUOTA_BYTES, FILE_TYPES="image/*,text/plain,application/pdf"
    )
    yield server
    server.stop()


@pytest.mark.slow
def test_files_are_sent_with_a_caption_and_their_alternative_text(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, theirs = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    attach(page, picture(), text(), noise(300_000))
    expect(attached(page)).to_have_count(3)
    page.get_by_role("button", name="Describe sunset.png").click()
    dialog = page.get_by_role("dialog", name="Picture")
    expect(dialog.locator("img")).to_have_js_property("naturalWidth", 640)
    dialog.get_by_label("Alternative text").fill("A red sky")
    dialog.get_by_role("button", name="Save").click()
    expect(attached(page).first).to_contain_text("Described")
    write(page, "look at this")
    expect(bubbles(theirs).last).to_contain_text("look at this")
    expect(attached(page)).to_have_count(0)
    reader = ApiUser(bob.server, bob.username)
    found = files_of(reader, alice.username)
    assert [(one["name"], one["kind"], one.get("alt")) for one in found] == [
        ("sunset.png", "picture", "A red sky"),
        ("notes.txt", "text", None),
        ("noise.bin", "other", None),
    ]
    assert reader.hash_of(found[2]) == sha256(noise(300_000))
    expect(page.locator(".tick-sending, .unsent")).to_have_count(0)


@pytest.mark.slow
def test_a_message_waits_for_files_that_are_being_attached(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    page.evaluate(WAIT_LONG)
    release = hold(page, r"/uploads$")
    with page.expect_request("**/uploads"):
        paste(page, transfer(page, text("late.txt")))
    composer(page).fill("with a file")
    send = page.get_by_role("button", name="Send", exact=True)
    expect(send).to_have_attribute("aria-disabled", "true")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("with a file")
    release()
    expect(attached(page)).to_contain_text("late.txt")
    expect(send).to_have_attribute("aria-disabled", "false")
    composer(page).press("Enter")
    expect(bubbles(page).last).to_contain_text("with a file")
    expect(bubbles(page).last).to_contain_text("late.txt")
    expect(page.locator(".tick-sending, .unsent")).to_have_count(0)
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1


@pytest.mark.slow
def test_a_file_needs_no_text_and_may_be_removed_before(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("button", name="Send", exact=True)).to_have_attribute("aria-disabled", "true")
    attach(page, text("first.txt"), text("second.txt"))
    page.get_by_role("button", name="Remove first.txt").click()
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(bubbles(page).last).to_contain_text("second.txt")
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert [one["name"] for one in files_of(ApiUser(bob.server, bob.username), alice.username)] == ["second.txt"]


@pytest.mark.slow
def test_attached_files_survive_a_reload(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    attach(page, picture(), text())
    page.wait_for_timeout(500)
    page.reload()
    expect(attached(page)).to_have_count(2)
    expect(attached(page).first.locator("img")).to_have_js_property("naturalWidth", 640)
    write(page, "after the reload")
    expect(page.locator(".tick-sending")).to_have_count(0)
    page.reload()
    expect(bubbles(page).last).to_contain_text("after the reload")
    expect(attached(page)).to_have_count(0)
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 2


@pytest.mark.slow
def test_files_that_are_dropped_on_the_conversation_are_attached_and_folders_are_not(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    held = transfer(page, picture(), text())
    drag(page, "dragenter", held)
    expect(page.get_by_text("Drop the files to attach them")).to_be_visible()
    drag(page, "dragleave", held)
    expect(page.get_by_text("Drop the files to attach them")).to_be_hidden()
    drag(page, "dragover", held)
    drag(page, "drop", held)
    expect(page.get_by_text("Drop the files to attach them")).to_be_hidden()
    expect(attached(page)).to_have_count(2)
    page.evaluate("DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true })")
    drag(page, "drop", transfer(page, text("folder")))
    expect(page.get_by_role("alert")).to_contain_text("A folder cannot be sent")
    assert names_attached(page) == ["sunset.png", "notes.txt"]


def test_pasted_files_are_attached_and_text_with_its_picture_stays_text(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    assert paste(page, transfer(page, picture("image.png"))), "a screenshot"
    expect(attached(page)).to_have_count(1)
    assert paste(page, transfer(page, text("letter.txt"), plain="letter.txt")), "a file from a file manager"
    expect(attached(page)).to_have_count(2)
    paste(page, transfer(page, picture("image.png"), plain="Name\tPieces", html=SPREADSHEET))
    expect(composer(page)).to_have_value(re.compile(r"\| Name \| Pieces \|"))
    expect(attached(page)).to_have_count(2)


def test_too_many_files_are_named_and_the_others_stay(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    page.locator("#composer-files").set_input_files([text(f"part {number}.txt") for number in range(12)])
    expect(page.get_by_role("alert")).to_contain_text("A message has at most 10 files. Not attached: ")
    expect(page.get_by_role("alert")).to_contain_text("part 10.txt")
    expect(page.get_by_role("alert")).to_contain_text("part 11.txt")
    expect(attached(page)).to_have_count(10)


@pytest.mark.slow
def test_what_the_server_does_not_take_is_refused_before_a_byte_is_sent(
    new_person: NewPerson, strict_server: Server
) -> None:
    page = new_person("user0", strict_server).open("#/u/user1")
    uploads: list[str] = []
    page.on("request", lambda request: uploads.append(request.method) if "/uploads" in request.url else None)
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    page.locator("#composer-files").set_input_files(
        [
            {**noise(LARGEST_BYTES + 1, "large.png"), "mimeType": "image/png"},
            {**text("film.mp4"), "mimeType": "video/mp4"},
            picture("small.png"),
            {**noise(1_900_000, "one.pdf"), "mimeType": "application/pdf"},
            {**noise(1_900_000, "two.pdf"), "mimeType": "application/pdf"},
        ]
    )
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("is too large. A file may have 2 MB.")
    expect(alert).to_contain_text("is of a type that cannot be sent here. Allowed: ")
    expect(alert).to_contain_text("There is no room for")
    expect(alert).to_contain_text("You have used 0 bytes of your 3 MB.")
    assert names_attached(page) == ["small.png", "one.pdf"]
    assert uploads == ["GET"]
    alert.get_by_role("button", name="Close").click()
    expect(page.get_by_text("is too large")).to_have_count(0)


@pytest.mark.slow
def test_a_refusal_of_the_server_says_which_file_and_why_and_can_be_taken_back(
    new_person: NewPerson, strict_server: Server
) -> None:
    page = new_person("user2", strict_server).open("#/u/user3")
    # What the browser takes for a picture is none, as the server finds out.
    attach(page, {**noise(5_000, "odd.txt"), "mimeType": "text/plain"}, picture())
    write(page, "two files")
    failure = page.get_by_role("alert").filter(has_text="odd.txt")
    expect(failure).to_contain_text("Files of this type cannot be sent here.")
    page.get_by_role("button", name="Remove odd.txt").click()
    failure.get_by_role("button", name="Retry").click()
    expect(page.locator(".failure")).to_have_count(0)
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert [one["name"] for one in files_of(ApiUser(strict_server, "user3"), "user2")] == ["sunset.png"]


@pytest.mark.slow
def test_polls_take_no_files_and_say_so(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    attach(page, text())
    page.get_by_role("button", name="New poll").click()
    expect(page.get_by_text("A poll has no files.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
def test_a_thread_takes_files_of_its_own(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "the root")
    bubbles(page).last.hover()
    bubbles(page).last.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Reply in thread").click()
    thread = page.locator(".thread")
    expect(thread.get_by_role("button", name="Attach files")).to_be_visible()
    page.locator("#thread-composer-files").set_input_files([text("in the thread.txt")])
    expect(thread.locator(".tray-file")).to_have_count(1)
    expect(page.locator(".conversation .tray-file")).to_have_count(0)
    drag(page, "drop", transfer(page, picture()), over=".thread")
    expect(thread.locator(".tray-file")).to_have_count(2)
    thread.locator("textarea").press("Enter")
    expect(thread.locator(".bubble").last).to_contain_text("in the thread.txt")
    expect(thread.locator(".tick-sending")).to_have_count(0)


def test_who_may_not_write_is_offered_no_files(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    owner = ApiUser(alice.server, alice.username)
    group = owner.make_group("News", bob.username)
    owner.request("PATCH", f"group/{group}", {"writers": "admins"})
    page = bob.open(f"#/g/{group}")
    expect(page.locator(".composer-closed")).to_be_visible()
    assert page.get_by_role("button", name="Attach files").count() == 0
    drag(page, "drop", transfer(page, text()))
    expect(page.locator(".tray-file")).to_have_count(0)
    expect(page.get_by_role("button", name="Attach files")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "look", [{}, {**PHONE, "color_scheme": "dark"}, {"locale": "ar", "viewport": {"width": 320, "height": 640}}]
)
def test_attached_files_are_accessible_and_fit(new_person: NewPerson, look: dict) -> None:
    alice, bob = new_person(bypass_csp=True, **look), new_person()
    page = alice.open(f"#/u/{bob.username}")
    page.locator("#composer-files").set_input_files([picture("a very long name of a picture.png"), text()])
    expect(attached(page)).to_have_count(2)
    assert violations(page, within=".composer") == []
    assert fits(page)
    page.locator(".tray-picture").click()
    expect(page.locator("dialog img")).to_have_js_property("complete", True)
    assert violations(page, within="dialog") == []
    assert fits(page)
