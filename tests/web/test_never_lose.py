"""Drafts and messages survive failures of the network, the tab and the server."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.web.page_scripts import UNSENT_MESSAGES_STORED
from tests.web.people import Person, bubble, composer, texts, tick, wait_connected, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]


@pytest.fixture(scope="module")
def own_server(make_server: Callable[..., Server]) -> Iterator[Server]:
    """A server of this module's own, which its tests kill."""
    server = make_server(users=20)
    yield server
    server.stop()


@pytest.mark.slow
def test_a_draft_survives_another_conversation_a_reload_and_closing_the_tab(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    composer(page).fill("half a thou")
    page.goto(f"{person.server.url}#/u/bob")
    expect(composer(page)).to_have_value("")
    page.goto(f"{person.server.url}#/u/alice")
    expect(composer(page)).to_have_value("half a thou")
    page.close()
    page = person.open("#/u/alice")
    expect(composer(page)).to_have_value("half a thou")
    write(page, "a whole one")
    page.reload()
    wait_connected(page)
    expect(composer(page)).to_have_value("")


SEND_AND_RELOAD = """(content) => {
  const field = document.querySelector("#composer");
  field.value = content;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  setTimeout(() => {
    field.form.requestSubmit();
    setTimeout(() => location.reload(), 0);
  }, 50);
}"""
"""Types and sends a message, and reloads the page at once."""


@pytest.mark.slow
def test_a_reload_while_sending_leaves_either_a_message_or_a_draft(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    for number in range(10):
        content = f"on the way {number}"
        with page.expect_navigation():
            page.evaluate(SEND_AND_RELOAD, content)
        wait_connected(page)
        expect(page.locator(".tick-sending")).to_have_count(0)
        if composer(page).input_value() == content:
            assert bubble(page, content).count() == 0
            composer(page).fill("")
        else:
            expect(bubble(page, content)).to_have_count(1)
            assert composer(page).input_value() == ""


@pytest.mark.slow
def test_messages_written_offline_are_sent_once_and_in_order(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    theirs = bob.open(f"#/u/{alice.username}")
    write(page, "before")
    expect(bubble(theirs, "before")).to_be_visible()
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_contain_text("You are offline")
    write(page, *[f"offline {number}" for number in range(1, 6)])
    expect(tick(page, "offline 5")).to_have_attribute("aria-label", "Sending")
    alice.context.set_offline(False)
    expect(bubble(theirs, "offline 5")).to_be_visible(timeout=15_000)
    expect(page.locator(".banner")).to_have_count(0)
    expected = ["before", *[f"offline {number}" for number in range(1, 6)]]
    assert texts(theirs) == expected
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert texts(page) == expected


@pytest.mark.slow
def test_messages_sent_during_an_outage_are_shown_after_reconnecting(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser]
) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, "one")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "one")).to_be_visible()
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    bob.say(alice.username, "two", "three", "four")
    alice.context.set_offline(False)
    expect(bubble(page, "four")).to_be_visible(timeout=15_000)
    assert texts(page) == ["one", "two", "three", "four"]


@pytest.mark.slow
def test_a_server_kill_loses_and_duplicates_no_message(new_person: NewPerson, own_server: Server) -> None:
    alice, bob = new_person("user0", own_server), new_person("user1", own_server)
    page, theirs = alice.open("#/u/user1"), bob.open("#/u/user0")
    write(page, "before the crash")
    expect(bubble(theirs, "before the crash")).to_be_visible()
    own_server.kill()
    expect(page.locator(".banner")).to_contain_text("Connection lost", timeout=15_000)
    write(page, "down 1", "down 2", "down 3")
    expect(tick(page, "down 3")).to_have_attribute("aria-label", "Sending")
    own_server.start()
    expect(bubble(theirs, "down 3")).to_be_visible(timeout=25_000)
    expected = ["before the crash", "down 1", "down 2", "down 3"]
    assert texts(theirs) == expected
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert ApiUser(own_server, "user0").messages("user1") == expected


@pytest.mark.slow
def test_a_server_kill_while_sending_stores_each_message_once_in_order(
    new_person: NewPerson, own_server: Server
) -> None:
    person = new_person("user2", own_server)
    page = person.open("#/u/user3")
    sent = [f"burst {number}" for number in range(30)]
    for number, content in enumerate(sent):
        write(page, content)
        if number == 14:
            own_server.kill()
    own_server.start()
    wait_connected(page)
    expect(page.locator(".tick-sending")).to_have_count(0, timeout=25_000)
    assert ApiUser(own_server, "user2").messages("user3") == sent


@pytest.mark.slow
def test_unsent_messages_survive_closing_the_tab(new_person: NewPerson, own_server: Server) -> None:
    person = new_person("user4", own_server)
    page = person.open("#/u/user5")
    person.context.set_offline(True)
    write(page, "kept 1", "kept 2")
    expect(tick(page, "kept 2")).to_have_attribute("aria-label", "Sending")
    page.wait_for_function(UNSENT_MESSAGES_STORED, arg=2)
    page.close()
    person.context.set_offline(False)
    page = person.open("#/u/user5")
    expect(tick(page, "kept 2")).to_have_attribute("aria-label", "Stored")
    assert ApiUser(own_server, "user4").messages("user5") == ["kept 1", "kept 2"]


@pytest.mark.slow
def test_a_server_stop_is_reported_at_once_and_try_now_reconnects(new_person: NewPerson, own_server: Server) -> None:
    person = new_person("user6", own_server)
    page = person.open("#/u/user7")
    own_server.stop()
    expect(page.locator(".banner")).to_contain_text("Trying to reconnect")
    own_server.start()
    page.get_by_role("button", name="Try now").or_(page.locator(".chat[data-connection=connected]")).first.click()
    wait_connected(page)
    expect(page.locator(".banner")).to_have_count(0)
