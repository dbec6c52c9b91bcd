"""The first minutes of a new installation in the browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.people import wait_until
from tests.web.page_checks import fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.mark.slow
def test_the_link_in_the_log_leads_through_the_setup(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(users=None, SIGN_IN="password")
    printed = re.compile(r"^http.*(/#/setup/[\w-]+)$", re.MULTILINE)
    # The server is ready before it says so.
    wait_until(lambda: printed.search(server.log) is not None, "a setup link in the log")
    link = printed.search(server.log)
    assert link
    page = new_person(at=server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("status")).to_contain_text("This chat is not set up yet")
    page.goto(server.url.rstrip("/") + link[1])
    page.reload()
    expect(page.get_by_role("heading", name="Set up your chat")).to_be_visible()
    expect(page.get_by_label("Name of this chat")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_have_text("Type a name.")
    page.get_by_label("Name of this chat").fill("The Rowers")
    page.get_by_label("Name of this chat").press("Enter")
    expect(page.get_by_text("Step 2 of 3")).to_be_visible()
    page.get_by_label("First name").fill("Erin")
    page.get_by_label("Username").fill("erin")
    page.get_by_label("Password", exact=True).fill("a long enough phrase")
    assert violations(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("People with an invitation")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Username")).to_have_value("erin")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Everybody").check()
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Start chatting").click()
    wait_connected(page)
    expect(page).to_have_title("The Rowers")
    assert page.evaluate("location.hash") == "#/"

    late = new_person(at=server, signed_in=False).context.new_page()
    late.goto(server.url)
    expect(late.get_by_role("heading", name="The Rowers")).to_be_visible()
    expect(late.get_by_role("button", name="Make an account")).to_be_visible()
