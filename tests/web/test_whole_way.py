"""The whole way of an account: set up, invite, join with a passkey, a second factor, a lost device, recovery."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.people import wait_until
from tests.web.people import Person, wait_connected
from tests.web.server import Server
from tests.web.test_administration import open_administration
from tests.web.test_administration import open_section as open_part
from tests.web.test_passkeys import SecurityKey, close_dialog, open_page, open_section, sign_out

NewPerson = Callable[..., Person]
ROOTS, FIRST, SECOND = "the first long phrase", "a second long phrase", "a third long phrase"
SIGNED_OUT_MILLISECONDS = 2_000
"""A second, and another for the page of a busy machine."""


def sign_in(page: Page, password: str, code: str = "", recovery_code: str = "") -> None:
    page.get_by_label("Username").fill("ivan")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if recovery_code:
        page.get_by_role("button", name="Use a recovery code").click()
    if code or recovery_code:
        page.get_by_label("Recovery code" if recovery_code else "Code", exact=True).fill(code or recovery_code)
        page.get_by_role("button", name="Sign in", exact=True).click()
    wait_connected(page)


def link_in(dialog: Locator, kind: str) -> str:
    field = dialog.get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile(f"#/{kind}/"))
    return field.input_value()


def set_up(new_person: NewPerson, server: Server) -> Page:
    """The page of the first administrator."""
    printed = re.compile(r"^http.*/(#/setup/[\w-]+)$", re.MULTILINE)
    wait_until(lambda: printed.search(server.log) is not None, "a setup link in the log")
    link = printed.search(server.log)
    assert link
    page = open_page(new_person, server, link[1])
    page.get_by_label("Name of this chat").fill("The Rowers")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password", exact=True).fill(ROOTS)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("People with an invitation").check()
    page.get_by_role("button", name="Start chatting").click()
    wait_connected(page)
    return page


def protect(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """Gives an account without a password one, and a second factor: its app, and the recovery codes."""
    dialog = open_section(page, "Password")
    dialog.get_by_label("New password").fill(FIRST)
    dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_role("status")).to_contain_text("Your password is changed")
    close_dialog(page)
    dialog = open_section(page, "Second factor")
    dialog.get_by_label("Current password").fill(FIRST)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    totp = pyotp.TOTP((dialog.locator(".secret").text_content() or "").replace(" ", ""))
    dialog.get_by_label("Code", exact=True).fill(totp.now())
    dialog.get_by_role("button", name="Turn on").click()
    codes = dialog.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    found = codes.all_inner_texts()
    dialog.get_by_role("button", name="I have kept them").click()
    close_dialog(page)
    return totp, found


@pytest.mark.slow
def test_a_person_comes_loses_a_device_and_comes_back(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(users=None, SIGN_IN="password", SIGN_IN_LIMIT="100 per minute")
    root = set_up(new_person, server)
    dialog = open_administration(root)
    open_part(dialog, "Invitations")
    dialog.get_by_role("button", name="Make an invitation").click()
    invitation = link_in(dialog, "join")
    close_dialog(root)

    lost = open_page(new_person, server, invitation.removeprefix(server.url))
    key = SecurityKey(lost)
    lost.get_by_label("First name").fill("Ivan")
    lost.get_by_label("Username").fill("ivan")
    lost.get_by_role("button", name="Use a passkey, no password").click()
    wait_connected(lost)
    totp, recovery_codes = protect(lost)
    sign_out(lost)
    # Each code serves once, and that of now has turned the factor on. The next one is accepted early.
    sign_in(lost, FIRST, totp.at(time.time() + totp.interval))

    elsewhere = open_page(new_person, server)
    sign_in(elsewhere, FIRST, recovery_code=recovery_codes[0])
    dialog = open_section(elsewhere, "Where you are signed in")
    others = dialog.get_by_role("listitem").filter(has_text="By password and code")
    expect(others).to_have_count(1)
    others.get_by_role("button", name="Sign out").click()
    expect(lost.get_by_text("Your session has ended")).to_be_visible(timeout=SIGNED_OUT_MILLISECONDS)
    close_dialog(elsewhere)
    dialog = open_section(elsewhere, "Passkeys")
    dialog.get_by_role("button", name="Change Chrome, Linux").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    close_dialog(elsewhere)
    assert key.credentials, "the lost device still has its passkey"
    lost.get_by_role("button", name="Use a passkey").click()
    expect(lost.get_by_role("alert")).to_contain_text("This passkey does not sign in here")

    dialog = open_administration(root)
    open_part(dialog, "People")
    dialog.get_by_role("button", name=re.compile("@ivan")).click()
    dialog.get_by_role("button", name="Make a link for a new password").click()
    reset = link_in(dialog, "reset")
    assert server.run("users", "reset-factor", "ivan").returncode == 0
    back = open_page(new_person, server, reset.removeprefix(server.url))
    back.get_by_label("New password", exact=True).fill(SECOND)
    back.get_by_role("button", name="Save the password").click()
    expect(back.get_by_role("status")).to_contain_text("The password is saved")
    sign_in(back, SECOND)
    expect(elsewhere.get_by_text("Your session has ended")).to_be_visible()
