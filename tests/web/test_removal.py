"""An administrator removes a person with all messages while another has the conversation with them open."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, composer, write
from tests.web.server import ApiUser, Server
from tests.web.test_administration import open_administration, open_section

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


@pytest.mark.slow
def test_the_open_conversation_closes_and_its_messages_are_deleted(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=0)
    server.add_root()
    server.add_user("finn", "--no-password", "--first-name", "Finn")
    server.add_user("lea", "--no-password", "--first-name", "Lea")
    ApiUser(server, "finn").say("lea", "words of finn")
    reader = new_person("lea", server, bypass_csp=True).open("#/u/finn")
    expect(bubble(reader, "words of finn")).to_be_visible()
    write(reader, "an answer")
    page = new_person("root", server, bypass_csp=True, **PHONE).open()
    dialog = open_administration(page)
    open_section(dialog, "People")
    dialog.get_by_role("button", name=re.compile("@finn")).click()
    dialog.get_by_role("button", name="Remove the person").click()
    expect(dialog).to_contain_text("Remove Finn for good?")
    dialog.get_by_label("What becomes of the messages").select_option("Delete all messages")
    dialog.get_by_label(re.compile("^Type the username")).fill("fin")
    dialog.get_by_role("button", name="Remove the person").click(force=True)
    expect(dialog.get_by_label(re.compile("^Type the username"))).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "removal")
    dialog.get_by_label(re.compile("^Type the username")).fill("finn")
    dialog.get_by_role("button", name="Remove the person").click()
    expect(reader).to_have_url(re.compile("#/u/.*removed-"))
    expect(reader.get_by_text("This person is no longer here.")).to_be_visible()
    expect(composer(reader)).to_have_count(0)
    expect(bubble(reader, "words of finn")).to_have_count(0)
    expect(bubble(reader, "an answer")).to_be_visible()
    expect(reader.locator("#conversations .line-open")).to_contain_text("Removed user")
    take_screenshot(reader, "removed-user")
    assert violations(reader) == []


@pytest.mark.slow
def test_a_page_that_was_away_shows_a_removed_user_and_no_former_name(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=0)
    server.add_user("finn", "--no-password", "--first-name", "Finn")
    server.add_user("lea", "--no-password", "--first-name", "Lea")
    ApiUser(server, "finn").say("lea", "words of finn")
    lea = new_person("lea", server)
    page = lea.open("#/u/finn")
    write(page, "@finn look")
    expect(bubble(page, "look").get_by_role("link")).to_have_text("@Finn")
    page.goto("about:blank")
    assert server.run("users", "remove", "finn", "--messages", "keep", "--yes").returncode == 0
    page.goto(server.url)
    page.locator("#conversations .line", has_text="Removed user").click()
    expect(bubble(page, "words of finn")).to_be_visible()
    expect(bubble(page, "look")).to_contain_text("@Removed user")
    expect(bubble(page, "look").get_by_role("link")).to_have_count(0)
    expect(page.locator("#conversations .line", has_text=re.compile("Finn"))).to_have_count(0)
