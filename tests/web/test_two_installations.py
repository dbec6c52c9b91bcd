"""Two installations in one browser: on one host name, and one after the other at the same address."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.people import Person, bubble, composer, tick, wait_connected, write
from tests.web.server import Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


def sign_in(page: Page, server: Server, name: str) -> None:
    """Signs in on the page."""
    page.goto(server.url)
    page.get_by_role("button", name=f"Sign in as {name}").click()
    wait_connected(page)


def send_to_carol(page: Page, server: Server, content: str) -> None:
    """Sends a message to carol, who is offline."""
    page.goto(server.url + "#/u/carol")
    write(page, content)
    expect(bubble(page, content)).to_be_visible()
    expect(tick(page, content)).to_have_class(re.compile("tick-stored"))


@pytest.mark.slow
def test_one_browser_stays_signed_in_at_two_ports(new_person: NewPerson, make_server: MakeServer) -> None:
    one, two = make_server(), make_server()
    person = new_person("alice", one, signed_in=False)
    at_one, at_two = person.context.new_page(), person.context.new_page()
    sign_in(at_one, one, "Alice Ardern")
    sign_in(at_two, two, "Bob Brandt")
    for _ in range(2):
        for page in (at_one, at_two):
            page.reload()
            wait_connected(page)
    send_to_carol(at_one, one, "from alice")
    send_to_carol(at_two, two, "from bob")
    at_one.get_by_role("button", name="Sign out").click()
    expect(at_one.get_by_text("You are signed out.")).to_be_visible()
    at_two.reload()
    wait_connected(at_two)
    send_to_carol(at_two, two, "bob is still here")
    one.stop()
    two.stop()


@pytest.mark.slow
def test_a_second_installation_at_the_same_address_sees_no_data_of_the_first(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    before = make_server()
    person = new_person("alice", before, signed_in=False)
    page = person.context.new_page()
    sign_in(page, before, "Alice Ardern")
    page.goto(before.url + "#/u/bob")
    composer(page).fill("for the first bob alone")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("about:blank")
    before.stop()
    ports = {name: before.environment[f"CHATAPP_{name}"] for name in ("HTTP_PORT", "WS_PORT")}
    after = make_server(**ports)
    sign_in(page, after, "Alice Ardern")
    page.goto(after.url + "#/u/bob")
    expect(composer(page)).to_have_value("")
    expect(page.locator("html")).to_have_attribute("data-theme", "system")
    page.goto("about:blank")
    after.stop()
    before.start()
    page.goto(before.url + "#/u/bob")
    expect(composer(page)).to_have_value("for the first bob alone")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("about:blank")
    before.stop()
