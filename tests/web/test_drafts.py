"""Drafts on two devices of one person."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.group_dialog import full_name
from tests.web.people import Person, composer, line, write
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def saved(api: ApiUser) -> list[str]:
    return [one["draft"]["content"] for one in api.request("GET", "sync")["changes"] if one["kind"] == "draft"]


def wait_until_saved(page: Page, api: ApiUser, *drafts: str) -> None:
    for _ in range(80):
        if saved(api) == list(drafts):
            return
        page.wait_for_timeout(100)
    assert saved(api) == list(drafts)


@pytest.mark.slow
def test_a_draft_follows_a_person_to_another_device(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    device, api = new_person(alice.username), new_api_user(alice.username)
    bob.say(alice.username, "when?")
    page, other = alice.open(f"#/u/{bob.username}"), device.open()
    composer(page).press_sequentially("on Sun")
    expect(line(other, full_name(bob))).to_contain_text("Draft: on Sun")
    line(other, full_name(bob)).click()
    expect(composer(other)).to_have_value("on Sun")
    composer(other).press_sequentially("day")
    expect(composer(page)).to_have_value("on Sunday")
    write(other, "on Sunday at ten")
    expect(composer(page)).to_have_value("")
    wait_until_saved(page, api, "")
    other.reload()
    expect(composer(other)).to_have_value("")


@pytest.mark.slow
def test_a_draft_typed_without_a_connection_loses_nothing(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    api = new_api_user(alice.username)
    page = alice.open(f"#/u/{bob.username}")
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    composer(page).press_sequentially("in the tunnel")
    api.request("PUT", "draft", {"receiver": bob.username, "content": "on the phone"})
    page.evaluate("window.now = Date.now; Date.now = () => window.now() + 60_000")
    alice.context.set_offline(False)
    wait_until_saved(page, api, "on the phone\nin the tunnel")
    expect(composer(page)).to_have_value("on the phone\nin the tunnel")
    # What is being typed is not replaced by what another device says in between.
    composer(page).press_sequentially("!")
    api.request("PUT", "draft", {"receiver": bob.username, "content": "something else"})
    page.wait_for_timeout(300)
    expect(composer(page)).to_have_value("on the phone\nin the tunnel!")
    wait_until_saved(page, api, "on the phone\nin the tunnel!")
    page.reload()
    expect(composer(page)).to_have_value("on the phone\nin the tunnel!")
