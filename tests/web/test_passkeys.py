"""Signing in and joining with a passkey, by Chromium's virtual authenticator, and the second factor."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server

NewPerson = Callable[..., Person]
PASSWORD = "a long enough phrase"


@pytest.fixture(scope="module")
def password_server(make_server: Callable[..., Server]) -> Server:
    server = make_server(SIGN_IN="password", SIGN_IN_LIMIT="100 per minute")
    for name in ("grace", "heidi", "judy"):
        server.add_user(name, "--first-name", name.title(), "--password", PASSWORD)
    return server


class SecurityKey:
    """A virtual authenticator of a page, whose user has a finger on it."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        answer = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = answer["authenticatorId"]

    def send(self, method: str, **parameters: Any) -> Any:
        return self.session.send(f"WebAuthn.{method}", {"authenticatorId": self.id, **parameters})

    @property
    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.send("getCredentials")["credentials"]
        return found


NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


def open_page(new_person: NewPerson, server: Server, place: str = "", **options: Any) -> Page:
    """A page that offers no passkey by itself: these security keys would accept at once."""
    page = new_person(at=server, signed_in=False, bypass_csp=True, **options).context.new_page()
    page.add_init_script(NO_OFFER)
    page.goto(server.url + place)
    return page


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def open_section(page: Page, name: str) -> Any:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("dialog", name="Your account").get_by_role("button", name=re.compile(f"^{name}")).click()
    return page.get_by_role("dialog", name=name)


def close_dialog(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
def test_a_passkey_is_added_signs_in_and_serves_no_more_when_it_is_removed(
    new_person: NewPerson, password_server: Server
) -> None:
    page = open_page(new_person, password_server)
    key = SecurityKey(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    assert violations(page) == []
    sign_in(page, "grace")
    wait_connected(page)

    dialog = open_section(page, "Passkeys")
    expect(dialog.get_by_label("Name of the passkey")).to_have_value("Chrome, Linux")
    dialog.get_by_label("Current password").fill("wrong")
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    assert key.credentials == []
    dialog.get_by_label("Name of the passkey").fill("Laptop")
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_role("listitem")).to_contain_text(re.compile("Laptop.*Not used yet", re.DOTALL))
    assert [one["rpId"] for one in key.credentials] == ["localhost"]
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_role("alert")).to_have_text("This device has a passkey of your account already.")
    dialog.get_by_role("button", name="Change Laptop").click()
    expect(dialog.get_by_label("Name of the passkey")).to_be_focused()
    assert violations(page) == []
    dialog.get_by_label("Name of the passkey").fill("Old laptop")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("Old laptop")
    close_dialog(page)

    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    wait_connected(page)
    sign_out(page)
    page.get_by_label("Username").fill("heidi")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey does not sign in here")
    page.get_by_label("Username").fill("grace")
    page.get_by_role("button", name="Use a passkey").click()
    wait_connected(page)

    dialog = open_section(page, "Passkeys")
    expect(dialog.get_by_role("listitem")).to_contain_text("Last used today at")
    dialog.get_by_role("button", name="Change Old laptop").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    close_dialog(page)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey does not sign in here")


@pytest.mark.slow
def test_a_passkey_is_offered_beside_the_username_until_somebody_signs_in_otherwise(
    new_person: NewPerson, password_server: Server
) -> None:
    page = open_page(new_person, password_server)
    key = SecurityKey(page)
    sign_in(page, "judy")
    wait_connected(page)
    dialog = open_section(page, "Passkeys")
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    # A person would choose it in the browser's list, which no test can open. This key is chosen at once.
    offered = new_person(at=password_server, signed_in=False).context.new_page()
    SecurityKey(offered).send("addCredential", credential=key.credentials[0])
    offered.goto(password_server.url)
    wait_connected(offered)

    # This one is never chosen, and the offer is in the way of nothing.
    waiting = new_person(at=password_server, signed_in=False).context.new_page()
    there = SecurityKey(waiting)
    there.send("addCredential", credential=key.credentials[0])
    there.send("setAutomaticPresenceSimulation", enabled=False)
    with waiting.expect_response("**/passkeys/sign-in/options"):
        waiting.goto(password_server.url)
    expect(waiting.get_by_label("Username")).to_have_attribute("autocomplete", "username webauthn")
    sign_in(waiting, "judy")
    wait_connected(waiting)
    with waiting.expect_response("**/passkeys/sign-in/options"):
        sign_out(waiting)
    there.send("setAutomaticPresenceSimulation", enabled=True)
    waiting.get_by_role("button", name="Use a passkey").click()
    wait_connected(waiting)


@pytest.mark.slow
def test_an_invited_person_joins_with_a_passkey_and_keeps_a_way_in(
    new_person: NewPerson, password_server: Server
) -> None:
    link = re.search(r"#/join/[\w-]+$", password_server.run("invites", "add").stdout, re.M)
    assert link
    page = open_page(new_person, password_server, link[0], **PHONE)
    key = SecurityKey(page)
    page.get_by_role("button", name="Use a passkey, no password").click()
    expect(page.get_by_role("alert")).to_have_text("Type your first name and a username.")
    page.get_by_label("First name").fill("Ivan")
    page.get_by_label("Username").fill("ivan")
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "join-with-passkey-phone")
    page.get_by_role("button", name="Use a passkey, no password").click()
    wait_connected(page)
    assert page.evaluate("location.hash") == "#/"
    dialog = open_section(page, "Passkeys")
    expect(dialog.get_by_role("listitem")).to_contain_text("Chrome, Linux")
    expect(dialog.get_by_label("Current password")).to_have_count(0)
    dialog.get_by_role("button", name="Change Chrome, Linux").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Without this passkey you could not sign in any more")
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "passkeys-phone")
    (credential,) = key.credentials

    other = open_page(new_person, password_server)
    there = SecurityKey(other)
    there.send("addCredential", credential=credential)
    other.get_by_role("button", name="Use a passkey").click()
    wait_connected(other)


@pytest.mark.slow
def test_a_second_factor_is_turned_on_asked_for_recovered_and_turned_off(
    new_person: NewPerson, password_server: Server
) -> None:
    page = open_page(new_person, password_server, **PHONE)
    sign_in(page, "heidi")
    wait_connected(page)
    dialog = open_section(page, "Second factor")
    dialog.get_by_label("Current password").fill(PASSWORD)
    assert violations(page) == []
    dialog.get_by_role("button", name="Continue").click()
    picture = dialog.get_by_role("img", name="QR code for your authenticator app")
    expect(picture).to_be_visible()
    assert picture.locator("path").last.bounding_box(), "its modules are drawn"
    secret = (dialog.locator(".secret").text_content() or "").replace(" ", "")
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "second-factor-phone")
    dialog.get_by_label("Code", exact=True).fill("000000")
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The code is wrong")
    dialog.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Turn on").click()
    codes = dialog.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "recovery-codes-phone")
    dialog.get_by_role("button", name="I have kept them").click()
    expect(dialog).to_contain_text("10 recovery codes are left.")
    close_dialog(page)

    other = open_page(new_person, password_server)
    sign_in(other, "heidi")
    expect(other.get_by_label("Code", exact=True)).to_be_focused()
    assert violations(other) == []
    take_screenshot(other, "second-step")
    other.get_by_label("Code", exact=True).fill("000000")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("alert")).to_contain_text("The code is wrong")
    other.get_by_role("button", name="Use a recovery code").click()
    other.get_by_label("Recovery code", exact=True).fill(recovery)
    other.get_by_role("button", name="Sign in").click()
    wait_connected(other)
    dialog = open_section(other, "Second factor")
    expect(dialog).to_contain_text("9 recovery codes are left.")
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Turn off").click()
    expect(dialog.get_by_role("button", name="Continue")).to_be_visible()
    close_dialog(other)
    sign_out(other)
    sign_in(other, "heidi")
    wait_connected(other)


def test_a_page_where_passkeys_do_not_work_says_so(new_person: NewPerson, password_server: Server) -> None:
    page = new_person(at=password_server, signed_in=False).context.new_page()
    page.goto(password_server.url.replace("localhost", "127.0.0.1"))
    expect(page.get_by_text("Passkeys need an address that begins with https and a name.")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
