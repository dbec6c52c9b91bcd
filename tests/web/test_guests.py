"""A guest on the page: invited by an administrator, joined by the link, and what they see there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.page_checks import take_screenshot
from tests.web.people import Person, wait_connected
from tests.web.server import ApiUser, Server
from tests.web.test_administration import looks_right, open_administration, open_section
from tests.web.test_join import PASSWORD, fill

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


@pytest.mark.slow
def test_an_administrator_invites_a_guest_who_sees_only_the_people_of_the_group(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("root", "--password", PASSWORD, "--first-name", "Rosa", "--admin")
    server.add_user("hans", "--password", PASSWORD, "--first-name", "Hans")
    server.add_user("mia", "--password", PASSWORD, "--first-name", "Mia")
    host = ApiUser(server, "hans", PASSWORD)
    group = host.make_group("Regatta", "root")
    page = new_person("root", server, signed_in=False, bypass_csp=True).context.new_page()
    page.goto(server.url)
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    wait_connected(page)
    dialog = open_administration(page)
    open_section(dialog, "Invitations")
    dialog.locator("select[name=role]").select_option("Guest")
    dialog.get_by_role("button", name="Make an invitation").click()
    expect(dialog.get_by_role("alert")).to_have_text("Pick at least one group for the guests.")
    dialog.get_by_label("Regatta").check()
    looks_right(page, "guests")
    dialog.get_by_role("button", name="Make an invitation").click()
    expect(dialog.get_by_text("For guests, in Regatta")).to_be_visible()
    link = dialog.get_by_label("Link", exact=True).input_value()

    guest = new_person(at=server, signed_in=False, bypass_csp=True).context.new_page()
    guest.goto(link)
    fill(guest, "Gus", "gus")
    wait_connected(guest)
    people = guest.locator("#conversations li")
    expect(people).to_have_count(4)
    assert "Mia" not in guest.locator("#conversations").inner_text()
    expect(guest.get_by_role("button", name="New group")).to_have_count(0)
    expect(guest.get_by_role("button", name="Find groups")).to_have_count(0)
    guest.keyboard.press("n")
    expect(guest.get_by_role("dialog")).to_have_count(0)
    looks_right(guest, "guest-page")

    # Mia joins, and leaves again.
    host.request("POST", f"group/{group}/members", {"users": [{"username": "mia"}]})
    expect(people.filter(has_text="Mia")).to_have_count(1)
    host.request("DELETE", f"group/{group}/members/mia")
    expect(people.filter(has_text="Mia")).to_have_count(0)

    page.keyboard.press("Escape")
    mark = page.locator("#conversations li").filter(has_text="Gus").get_by_text("Guest", exact=True)
    expect(mark).to_be_visible()
    take_screenshot(page, "guests-marked")
