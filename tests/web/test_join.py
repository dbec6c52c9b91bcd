"""Making an account by an invitation's link, and where everybody may."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.page_checks import fits, violations
from tests.web.people import Person, composer, tick, wait_connected
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]
PASSWORD = "a long enough phrase"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def fill(page: Page, first: str, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("First name").fill(first)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Join").click()


@pytest.mark.slow
def test_an_invited_person_joins_and_the_link_serves_no_more(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("zoe", "--password", PASSWORD)
    printed = server.run("invites", "add").stdout
    link = re.search(r"^http.*/#/join/[\w-]+$", printed, re.M)
    assert link, printed
    page = new_person(at=server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    page.goto(link[0])
    expect(page.get_by_role("heading", name="Make your account")).to_be_visible()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_have_text("Type your first name, a username and a password.")
    fill(page, "Erin", "Zoe")
    expect(page.get_by_role("alert")).to_contain_text("This username is taken")
    fill(page, "Erin", "erin", "short")
    expect(page.get_by_role("alert")).to_have_text("At least 8 characters")
    assert violations(page) == []
    assert fits(page)
    fill(page, "Erin", "erin")
    wait_connected(page)
    assert page.evaluate("location.hash") == "#/"
    page.goto(server.url + "#/u/zoe")
    composer(page).fill("hello")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(tick(page, "hello")).to_have_class(re.compile("tick-(stored|delivered)"))
    assert ApiUser(server, "zoe", PASSWORD).messages("erin") == ["hello"]

    late = new_person(at=server, signed_in=False).context.new_page()
    late.goto(link[0])
    expect(late.get_by_role("alert")).to_contain_text("This invitation is not valid")
    late.get_by_role("button", name="I have an account").click()
    late.get_by_label("Username").fill("erin")
    late.get_by_label("Password", exact=True).fill(PASSWORD)
    late.get_by_role("button", name="Sign in").click()
    wait_connected(late)


@pytest.mark.slow
def test_everybody_may_join_where_the_operator_says_so(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(SIGN_IN="password", JOINING="open")
    page = new_person(at=server, signed_in=False).context.new_page()
    page.goto(server.url)
    page.get_by_role("button", name="Make an account").click()
    fill(page, "Finn", "finn")
    wait_connected(page)
