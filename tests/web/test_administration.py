"""Administration in the browser: an administrator invites, gives roles, closes accounts, and reads about it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


def open_administration(page: Page) -> Locator:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("dialog", name="Your account").get_by_role("button", name=re.compile("^Administration")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_accessible_name("Administration")
    return dialog


def open_section(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name=re.compile(f"^{name}")).click()
    expect(dialog).to_have_accessible_name(name)


def looks_right(page: Page, name: str) -> None:
    take_screenshot(page, f"administration-{name}")
    assert violations(page) == []
    assert fits(page)


@pytest.mark.slow
def test_an_administrator_invites_gives_a_role_closes_an_account_and_reads_of_it(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=0)
    server.add_root()
    server.add_user("finn", "--no-password", "--first-name", "Finn")
    page = new_person("root", server, bypass_csp=True, **PHONE).open()
    dialog = open_administration(page)
    looks_right(page, "menu")

    open_section(dialog, "Invitations")
    dialog.get_by_label("Number of accounts").fill("0")
    dialog.get_by_role("button", name="Make an invitation").click()
    expect(dialog.get_by_role("alert")).to_contain_text("up to 100,000 accounts")
    dialog.get_by_label("Number of accounts").fill("3")
    dialog.get_by_role("button", name="Make an invitation").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(re.compile(rf"^{server.url}#/join/[\w-]{{22}}$"))
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_contain_text("0 of 3 used")
    looks_right(page, "invitations")
    dialog.get_by_role("button", name="Revoke invitation 1").click()
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(dialog.get_by_role("listitem")).to_contain_text("No longer valid")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("button", name=re.compile("^Invitations"))).to_be_focused()

    open_section(dialog, "People")
    dialog.get_by_label("Find people").fill("fin")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    looks_right(page, "people")
    dialog.get_by_role("button", name=re.compile("@finn")).click()
    dialog.get_by_label("Role").select_option("Moderator")
    dialog.get_by_role("button", name="Change role").click()
    expect(dialog.locator(".mark")).to_have_text("Moderator")
    dialog.get_by_role("button", name="Make a link for a new password").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(re.compile(r"#/reset/[\w-]+$"))
    looks_right(page, "person")
    dialog.get_by_role("button", name="Close the account").click()
    expect(dialog.get_by_text("Close the account of Finn?")).to_be_visible()
    dialog.get_by_role("button", name="Close the account").click()
    expect(dialog.get_by_role("button", name="Open the account again")).to_be_visible()
    dialog.get_by_role("button", name="Back").click()
    line = dialog.get_by_role("button", name=re.compile("@finn"))
    expect(line).to_contain_text("Closed")
    expect(line).to_be_focused()
    dialog.get_by_role("button", name="Back").click()

    open_section(dialog, "Audit log")
    dialog.get_by_label("By or about").fill("finn")
    lines = dialog.get_by_role("listitem")
    expect(lines).to_have_count(4)
    expect(lines.first).to_contain_text(re.compile("Account closed.*By root.*About finn"))
    dialog.get_by_label("What happened").select_option("Role changed")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("former: member")
    looks_right(page, "audit")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download as CSV").click()
    assert "role_changed,root,finn" in download.value.path().read_text()


@pytest.mark.slow
def test_an_administrator_names_the_chat_and_gives_a_group_an_owner(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=3)
    server.add_root()
    ApiUser(server, "user0").make_group("Rowers")
    page = new_person("root", server, color_scheme="dark", bypass_csp=True).open()
    dialog = open_administration(page)

    open_section(dialog, "System")
    dialog.get_by_label("Name of this chat").fill("The Rowers")
    dialog.get_by_label("Everybody").check()
    dialog.get_by_role("button", name="Save").first.click()
    expect(dialog.get_by_text("The changes are saved.")).to_be_visible()
    expect(dialog.get_by_text("CHATAPP_SIGN_IN_LIMIT")).to_be_visible()
    looks_right(page, "system")
    dialog.get_by_role("button", name="Back").click()

    assert server.run("users", "deactivate", "user0").returncode == 0
    open_section(dialog, "Groups")
    dialog.get_by_role("button", name=re.compile("Rowers.*No owner", re.DOTALL)).click()
    dialog.get_by_label("Username of the new owner").fill("user1")
    looks_right(page, "group")
    dialog.get_by_role("button", name="Appoint as owner").click()
    expect(dialog.get_by_text("Owners: user1")).to_be_visible()
    dialog.get_by_role("button", name="Delete the group").click()
    dialog.get_by_role("button", name="Delete the group").click()
    expect(dialog.get_by_text("No group found")).to_be_visible()


@pytest.mark.slow
def test_a_moderator_sees_people_and_invitations_and_a_member_nothing(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=1)
    server.add_user("mod", "--no-password", "--first-name", "Mo", "--role", "moderator")
    server.add_root()
    page = new_person("mod", server).open()
    dialog = open_administration(page)
    expect(dialog.get_by_role("listitem")).to_have_text(
        [re.compile(f"^{section}") for section in ("People", "Reports", "Invitations")]
    )
    open_section(dialog, "Invitations")
    expect(dialog.get_by_text("No invitations yet")).to_be_visible()
    expect(dialog.get_by_role("button", name="Make an invitation")).to_have_count(0)
    dialog.get_by_role("button", name="Back").click()
    open_section(dialog, "People")
    dialog.get_by_role("button", name=re.compile("@root")).click()
    expect(dialog.get_by_text("Only administrators change the accounts")).to_be_visible()

    page = new_person("user0", server).open()
    page.get_by_role("button", name="Your account").click()
    expect(page.get_by_role("button", name=re.compile("^Profile"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Administration"))).to_have_count(0)
