"""Several tabs of one user, and notifications."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.web.page_scripts import GAIN_FOCUS, LOSE_FOCUS, open_with_notifications
from tests.web.people import Person, bubble, composer, line, texts, tick, wait_connected, wait_until, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

UPGRADED = "5"
"""The packet that a client sends when it has changed from polling to the WebSocket."""


@pytest.mark.slow
def test_messages_sent_in_one_tab_show_in_the_others(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    first, second = alice.open(f"#/u/{bob.username}"), alice.open(f"#/u/{bob.username}")
    write(first, "from the first tab")
    expect(bubble(second, "from the first tab")).to_be_visible()
    write(second, "from the second tab")
    expect(bubble(first, "from the second tab")).to_be_visible()
    assert texts(first) == texts(second) == ["from the first tab", "from the second tab"]
    expect(second.locator(".tick-sending")).to_have_count(0)


@pytest.mark.slow
def test_an_unsent_message_shared_by_two_tabs_is_sent_once(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    first, second = alice.open(f"#/u/{bob.username}"), alice.open(f"#/u/{bob.username}")
    alice.context.set_offline(True)
    write(first, "from an offline tab")
    expect(bubble(second, "from an offline tab")).to_be_visible()
    alice.context.set_offline(False)
    for page in (first, second):
        expect(page.locator(".tick-sending")).to_have_count(0, timeout=15_000)
        assert texts(page) == ["from an offline tab"]
    theirs = bob.open(f"#/u/{alice.username}")
    expect(bubble(theirs, "from an offline tab")).to_be_visible()
    assert texts(theirs) == ["from an offline tab"]


@pytest.mark.slow
def test_a_message_of_another_tab_stays_visible_on_a_slow_connection(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    first, second = alice.open(f"#/u/{bob.username}"), alice.context.new_page()
    sent: list[str | bytes] = []
    held: list[str | bytes] = []
    is_slow = False

    def pass_on(wire: WebSocketRoute) -> None:
        server = wire.connect_to_server()
        wire.on_message(lambda frame: (sent.append(frame), server.send(frame)))
        server.on_message(lambda frame: held.append(frame) if is_slow else wire.send(frame))

    second.route_web_socket(re.compile("socket.io"), pass_on)
    second.goto(f"{alice.server.url}#/u/{bob.username}")
    wait_connected(second)
    while UPGRADED not in sent:
        second.wait_for_timeout(10)
    is_slow = True
    write(first, "said in the first tab")
    expect(tick(second, "said in the first tab")).to_have_class(re.compile("tick-stored"))
    second.wait_for_timeout(100)
    assert any("said in the first tab" in str(frame) for frame in held)
    assert texts(second) == ["said in the first tab"]


@pytest.mark.slow
def test_a_message_shows_on_every_device_of_its_sender(new_person: NewPerson) -> None:
    person = new_person()
    device = new_person(person.username)
    page, other = person.open(f"#/u/{person.username}"), device.open(f"#/u/{person.username}")
    write(page, "note to self")
    expect(bubble(other, "note to self")).to_be_visible()


def test_the_title_counts_unread_messages(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open()
    expect(page).to_have_title("chatapp")
    bob.say(alice.username, "one", "two")
    expect(page).to_have_title("(2) chatapp")
    line(page, page.locator(".line-name").first.inner_text()).click()
    expect(page).to_have_title("chatapp")


@pytest.mark.slow
def test_messages_in_an_open_conversation_are_unread_while_the_page_has_no_focus(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    page.evaluate(LOSE_FOCUS)
    bob.say(alice.username, "psst")
    expect(page).to_have_title("(1) chatapp")
    expect(page.get_by_text("New messages", exact=True)).to_be_visible()
    page.evaluate(GAIN_FOCUS)
    expect(page).to_have_title("chatapp")


@pytest.mark.slow
def test_a_background_page_shows_a_notification_that_opens_the_conversation(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    alice, bob = new_person(permissions=["notifications"]), new_api_user()
    page = open_with_notifications(alice)
    bob.say(alice.username, "while you look")
    expect(page.locator(".line").first).to_contain_text("while you look")
    assert page.evaluate("shown.length") == 0
    page.evaluate(LOSE_FOCUS)
    bob.say(alice.username, "while you do not look")
    wait_until(page, "() => shown.length === 1")
    assert page.evaluate("shown[0].body") == "while you do not look"
    page.evaluate("shown[0].onclick()")
    expect(bubble(page, "while you do not look")).to_be_visible()


def count_sounds(page: Page) -> None:
    page.evaluate("""() => {
        window.sounds = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...when) { window.sounds += 1; return start.apply(this, when); };
    }""")


@pytest.mark.slow
def test_the_sound_for_new_messages_can_be_turned_off(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open()
    count_sounds(page)
    page.get_by_label("Search people and groups").click()
    bob.say(alice.username, "ding")
    wait_until(page, "() => sounds === 2")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Sound for new messages").uncheck()
    page.keyboard.press("Escape")
    bob.say(alice.username, "silence")
    expect(page.locator(".line").first).to_contain_text("silence")
    assert page.evaluate("sounds") == 2
    page.reload()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("Sound for new messages")).not_to_be_checked()


def test_new_messages_are_announced_to_screen_readers(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    bob.say(alice.username, "hear me")
    expect(page.get_by_role("log")).to_contain_text("hear me")
    expect(composer(page)).to_be_focused()
