"""People whose names look alike are told apart wherever their names are shown."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import violations
from tests.web.people import Person, composer
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]
ALICE, OTHER = "Alice Ardern (@alice)", "Аlice Ardern (@eve)"


@pytest.mark.slow
def test_people_with_one_name_are_marked_at_once_wherever_they_are_shown(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=1)
    page = new_person("bob", at=server, bypass_csp=True).open()
    group = ApiUser(server, "alice").make_group("Lunch", "bob")
    line = page.locator(".line", has_text="Ardern")
    expect(line.locator(".line-name")).to_have_text("Alice Ardern")

    # Somebody joins under the same name, in part with Cyrillic letters. Both are marked without a reload.
    server.add_user("eve", "--no-password", "--first-name", "Аlice", "--last-name", "Ardern")
    new_person("eve", at=server).open().close()
    expect(line.locator(".line-name")).to_have_text([ALICE, OTHER])
    expect(line.locator(".avatar").last).to_contain_text("АA")

    ApiUser(server, "alice").say(group, "who is coming?", group=True)
    page.goto(server.url + f"#/g/{group}")
    message = page.get_by_role("article").filter(has_text="who is coming?")
    expect(message.locator(".sender")).to_have_text(ALICE)
    composer(page).press_sequentially("@ali")
    expect(page.locator(".mention-option b")).to_have_text([ALICE])
    composer(page).fill("")
    page.goto(server.url + "#/u/eve")
    expect(page.get_by_role("heading", name=OTHER)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("ardern")
    expect(page.locator(".palette-option b")).to_have_text([ALICE, OTHER])
    assert violations(page) == []
