"""A forgotten password in the browser, from the address to the new password, over real e-mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.mail_server import MailServer, link_in
from tests.web.page_checks import fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server
from tests.web.test_account import open_account, sign_in

PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True}
FIRST, SECOND = "a long enough phrase", "another long phrase"


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert fits(page)


@pytest.mark.slow
def test_a_forgotten_password_is_replaced_by_e_mail(
    new_person: Callable[..., Person], make_server: Callable[..., Server]
) -> None:
    post = MailServer().start()
    sender = {"MAIL_FROM": "Our Chat <chat@example.org>", "PUBLIC_URL": "https://chat.example.org"}
    server = make_server(SIGN_IN="password", SMTP_URL=post.url, **sender)
    server.add_user("zoe", "--password", FIRST)

    def here(link: str) -> str:
        """The configured address is another one than that of the test."""
        return link.replace("https://chat.example.org/", server.url)

    page = new_person("zoe", server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    sign_in(page, server, "zoe", FIRST)
    open_account(page, "E-mail address")
    dialog = page.get_by_role("dialog", name="E-mail address")
    dialog.get_by_label("E-mail address").fill("zoe@nowhere@")
    dialog.get_by_label("Current password").fill(FIRST)
    dialog.get_by_role("button", name="Send a link").click()
    expect(dialog.get_by_role("alert")).to_contain_text("such as ada@example.org")
    looks_right(page)
    dialog.get_by_label("E-mail address").fill("Zoe@example.org")
    dialog.get_by_role("button", name="Send a link").click()
    expect(dialog).to_contain_text("zoe@example.org is not confirmed yet")
    expect(dialog.get_by_role("status").last).to_contain_text("A link is on its way")

    # The link is opened in a browser where she is signed in.
    tab = page.context.new_page()
    tab.goto(here(link_in(post.wait_for(1))))
    tab.get_by_role("button", name="Confirm the address").click()
    expect(tab.get_by_role("status").first).to_contain_text("The address is confirmed.")
    looks_right(tab)
    tab.get_by_role("button", name="Go on to the chat").click()
    wait_connected(tab)
    open_account(tab, "E-mail address")
    expect(tab.get_by_role("dialog")).to_contain_text("Your address is zoe@example.org.")
    looks_right(tab)

    away = new_person("zoe", server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    away.goto(server.url)
    away.get_by_role("button", name="Forgot your password?").click()
    field = away.get_by_label("Username or e-mail address")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(away.get_by_role("alert")).to_contain_text("Enter your username")
    looks_right(away)
    field.fill("zoe")
    field.press("Enter")
    expect(away.get_by_role("status").first).to_contain_text("If there is such an account")
    looks_right(away)
    away.get_by_role("button", name="Back to the sign-in").click()
    expect(away.get_by_label("Username")).to_be_visible()
    away.goto("about:blank")
    away.goto(here(link_in(post.wait_for(2))))
    away.get_by_label("New password", exact=True).fill(SECOND)
    away.get_by_role("button", name="Save the password").click()
    expect(away.get_by_role("status")).to_contain_text("The password is saved")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    away.get_by_label("Username").fill("zoe")
    away.get_by_label("Password", exact=True).fill(SECOND)
    away.get_by_role("button", name="Sign in", exact=True).click()
    wait_connected(away)
    assert post.wait_for(3)["Subject"] == "Your account at chatapp"

    open_account(away, "E-mail address")
    away.get_by_label("Current password").fill(SECOND)
    away.get_by_role("button", name="Remove the address").click()
    expect(away.get_by_role("status").last).to_contain_text("no e-mail address any more")
    post.stop()
