"""The list of users and groups."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.people import Person, bubble, line
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

NOW = "new Intl.DateTimeFormat(undefined, {hour: 'numeric', minute: '2-digit'}).format(new Date())"


def test_the_newest_conversation_is_first_with_its_message_time_and_unread_count(
    new_person: NewPerson, new_api_user: NewApiUser
) -> None:
    person, early, late = new_person(), new_api_user(), new_api_user()
    page = person.open()
    sent_after = page.evaluate(NOW)
    early.say(person.username, "the first thing")
    late.say(person.username, "the second", "the third thing")
    first, second = page.locator(".line").nth(0), page.locator(".line").nth(1)
    expect(first).to_contain_text("the third thing")
    expect(first.locator(".badge")).to_contain_text("2")
    expect(first.locator("time")).to_have_text(re.compile(f"^({sent_after}|{page.evaluate(NOW)})$"))
    expect(second).to_contain_text("the first thing")
    early.say(person.username, "and one more")
    expect(first).to_contain_text("and one more")


@pytest.mark.slow
def test_the_presence_light_follows_connects_and_disconnects(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open()
    page.get_by_label("Search people and groups").fill(bob.username)
    light = page.locator(".line .light")
    expect(light).to_have_count(1)
    expect(light).not_to_have_class("light light-on")
    theirs = bob.open()
    expect(light).to_have_class("light light-on")
    theirs.close()
    expect(light).not_to_have_class("light light-on")


def test_typing_filters_by_any_word_and_enter_opens_the_first_match(new_person: NewPerson) -> None:
    page = new_person().open()
    search = page.get_by_label("Search people and groups")
    search.fill("BRAN")
    expect(page.locator(".line")).to_have_count(1)
    search.press("Enter")
    expect(page.get_by_role("heading", name="Bob Brandt")).to_be_visible()
    search.fill("nobody of this name")
    expect(page.get_by_text("Nothing found for")).to_be_visible()
    page.get_by_role("button", name="Clear search").click()
    expect(page.locator(".line").nth(5)).to_be_visible()


def test_a_new_group_appears_without_a_reload(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, founder = new_person(), new_api_user()
    page = person.open()
    expect(line(page, "Late shift")).to_have_count(0)
    group = founder.make_group("Late shift", person.username)
    expect(line(page, "Late shift")).to_be_visible()
    founder.say(group, "who is in today?", group=True)
    expect(line(page, "Late shift")).to_contain_text("who is in today?")
    expect(line(page, "Late shift").locator(".badge")).to_contain_text("1")


@pytest.mark.slow
def test_a_new_user_appears_without_a_reload(new_person: NewPerson, server: Server) -> None:
    page = new_person().open()
    page.get_by_label("Search people and groups").fill("newcomer")
    expect(page.get_by_text("Nothing found for")).to_be_visible()
    server.add_user("newcomer", "--first-name", "Newcomer", "--no-password")
    new_person("newcomer").open()
    expect(line(page, "Newcomer")).to_be_visible()


@pytest.mark.slow
def test_reading_clears_the_unread_count_in_every_tab(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, "one", "two")
    first, second = alice.open(), alice.open()
    for page in (first, second):
        expect(page.locator(".badge").first).to_contain_text("2")
    second.locator(".line").first.click()
    expect(bubble(second, "two")).to_be_visible()
    for page in (first, second):
        expect(page.locator(".badge")).to_have_count(0)
    second.reload()
    expect(bubble(second, "two")).to_be_visible()
    expect(second.locator(".badge")).to_have_count(0)


@pytest.mark.slow
def test_the_group_dialog_reports_an_invalid_name_and_creates_the_group(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    theirs = bob.open()
    page = alice.open()
    page.get_by_role("button", name="New group").click()
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_text("Give the group a name.")).to_be_visible()
    page.get_by_label("Group name").fill("x" * 101)
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_text("up to 100 characters")).to_be_visible()
    page.get_by_label("Group name").fill("Book club")
    page.get_by_label("Type a name").fill(bob.username)
    page.get_by_label("Type a name").press("Enter")
    expect(page.get_by_text("1 picked")).to_be_visible()
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_role("heading", name="Book club")).to_be_visible()
    expect(page.get_by_text("2 members, 2 online")).to_be_visible()
    expect(line(theirs, "Book club")).to_be_visible()
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("dialog").locator(".details-members li")).to_have_count(2)


@pytest.mark.slow
def test_the_only_user_of_a_server_sees_their_own_line(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("solo", "--password", "quite alone here")
    person = new_person("solo", server, signed_in=False)
    answer = person.context.request.post(
        f"{server.url}login", data={"username": "solo", "password": "quite alone here"}
    )
    assert answer.ok
    page = person.context.new_page()
    page.goto(server.url)
    expect(line(page, "solo (you)")).to_be_visible()
    server.stop()
