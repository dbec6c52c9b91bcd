"""A message with files where it is one line: in the list, in quotes and notifications, and in dialogs."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import media
from tests.web.media import jpeg, text, voice
from tests.web.page_scripts import LOSE_FOCUS, open_with_notifications
from tests.web.people import Person, bubble, line, wait_until
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def preview(page: Page, person: ApiUser) -> Any:
    return line(page, person.username.replace("user", "User ")).locator(".line-said")


@pytest.mark.slow
def test_the_list_says_what_was_sent(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open()
    sent: list[tuple[str, str, list[SentFile]]] = [
        ("", "Photo", [jpeg()]),
        ("the pier", "Photo: the pier", [jpeg()]),
        ("", "2 photos", [jpeg("1.jpg", 40, 30), jpeg("2.jpg", 40, 30, 90)]),
        ("", "2 files", [jpeg("1.jpg", 40, 30), text("notes.txt", "a")]),
        ("", "notes.txt", [text("notes.txt", "a")]),
        ("", "Voice message (0:12)", [voice()]),
        ("", "horn.wav", [SentFile("horn.wav", "audio/wav", media.sound(1))]),
    ]
    for content, words, files in sent:
        bob.send_files(alice.username, content, *files)
        expect(preview(page, bob)).to_have_text(words)
        expect(preview(page, bob).locator(".icon")).to_have_count(1)


@pytest.mark.slow
def test_a_deleted_message_has_no_files_in_the_list_the_conversation_and_its_quote(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    sent = bob.send_files(alice.username, "", jpeg())
    answer = {"receiver": alice.username, "content": "look at that", "replyTo": sent["sequence"]}
    bob.request("POST", "messages", answer)
    quote = bubble(page, "look at that").locator(".quote-text")
    expect(quote).to_have_text("Photo")
    expect(page.locator(".picture")).to_have_count(1)
    bob.request("DELETE", f"message/{sent['messageId']}")
    expect(page.locator(".picture")).to_have_count(0)
    expect(quote).to_have_text("This message was deleted.")


@pytest.mark.slow
def test_who_answers_a_picture_sees_it_in_the_quote_at_once(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.send_files(alice.username, "", text("notes.txt", "a"))
    page = alice.open(f"#/u/{bob.username}")
    page.locator(".row-message").last.press("r")
    expect(page.locator(".purpose")).to_contain_text("notes.txt")
    page.locator("#composer").fill("thanks")
    page.locator("#composer").press("Enter")
    expect(bubble(page, "thanks").locator(".quote-text")).to_have_text("notes.txt")
    page.reload()
    expect(bubble(page, "thanks").locator(".quote-text")).to_have_text("notes.txt")


@pytest.mark.slow
def test_a_caption_that_is_edited_leaves_the_picture(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    sent = bob.send_files(alice.username, "the peir", jpeg())
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "the peir").locator(".picture")).to_have_count(1)
    for content in ("the pier", ""):
        bob.request("PATCH", f"message/{sent['messageId']}", {"content": content})
        expect(page.locator(".row-message .text")).to_contain_text(content)
        expect(page.locator(".row-message .picture img.picture-there")).to_have_count(1)
    expect(preview(page, bob)).to_have_text("Photo")


def test_a_notification_says_what_was_sent(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = open_with_notifications(alice)
    page.evaluate(LOSE_FOCUS)
    bob.send_files(alice.username, "", voice())
    wait_until(page, "() => shown.some(({ body }) => body === 'Voice message (0:12)')")


@pytest.mark.slow
def test_dialogs_name_the_file_and_the_menu_downloads_it(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    sent = bob.send_files(alice.username, "", text("notes.txt", "a"))
    bob.request("PUT", f"message/{sent['messageId']}/pin", {"on": True})
    page = alice.open(f"#/u/{bob.username}")
    row, dialog = page.locator(".row-message").last, page.get_by_role("dialog")
    row.press("s")
    row.press("Enter")
    expect(dialog.locator(".menu-message")).to_contain_text("notes.txt")
    expect(dialog.get_by_role("button", name="Copy text")).to_have_count(0)
    with page.expect_download() as started:
        dialog.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "notes.txt"
    row.press("f")
    expect(dialog.locator(".menu-message")).to_contain_text("notes.txt")
    page.keyboard.press("Escape")
    page.locator(".conversation-head").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Pinned messages").click()
    expect(dialog.locator(".menu-message")).to_have_text("notes.txt")
    page.keyboard.press("Escape")
    row.focus()
    page.keyboard.press("b")
    expect(dialog.locator(".menu-message")).to_have_text("notes.txt")
