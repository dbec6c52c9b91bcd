"""Choosing a new password by a link, in the browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PASSWORD = "a long enough phrase"


@pytest.mark.slow
def test_a_link_leads_to_a_new_password(new_person: Callable[..., Person], make_server: Callable[..., Server]) -> None:
    server = make_server(users=None, SIGN_IN="password")
    server.add_user("erin", "--password", "the forgotten one")
    link = server.run("users", "reset", "erin", "--url", server.url).stdout.strip()
    page = new_person("erin", at=server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    page.goto(link)
    field = page.get_by_label("New password", exact=True)
    expect(field).to_be_focused()
    field.fill("short")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("8")
    assert violations(page) == []
    assert fits(page)
    field.fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("status")).to_contain_text("The password is saved")
    page.get_by_label("Username").fill("erin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    wait_connected(page)

    late = new_person("erin", at=server, signed_in=False).context.new_page()
    late.goto(link)
    late.get_by_label("New password", exact=True).fill(PASSWORD)
    late.get_by_role("button", name="Save the password").click()
    expect(late.get_by_role("alert")).to_contain_text("not valid")
