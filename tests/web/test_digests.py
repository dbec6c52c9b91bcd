"""Digests in the browser: how often they come is chosen in the account, and a link in one of them ends them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chatapp import close_app, create_app
from tests.api.digesting import Absent, look, parts_of, pass_time, wait_until_all_have_left
from tests.mail_server import MailServer
from tests.web.page_checks import fits, violations
from tests.web.people import Person
from tests.web.server import Server
from tests.web.test_account import open_account, sign_in

PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True}
PASSWORD = "a long enough phrase"


def looks_right(page: Page) -> None:
    assert violations(page) == []
    assert fits(page)


@pytest.mark.slow
def test_digests_are_chosen_in_the_account_and_ended_by_a_link(
    new_person: Callable[..., Person], make_server: Callable[..., Server]
) -> None:
    post = MailServer().start()
    sender = {"MAIL_FROM": "Our Chat <chat@example.org>", "PUBLIC_URL": "https://chat.example.org"}
    server = make_server(SIGN_IN="password", SMTP_URL=post.url, **sender)
    server.add_user("zoe", "--password", PASSWORD)
    person = new_person("zoe", server, signed_in=False, bypass_csp=True, **PHONE)
    page = person.context.new_page()
    sign_in(page, server, "zoe", PASSWORD)
    open_account(page, "E-mail address")
    dialog = page.get_by_role("dialog", name="E-mail address")
    expect(dialog.get_by_text("What you have missed, by e-mail")).to_have_count(0)
    assert server.run("users", "email", "zoe", "zoe@example.org").returncode == 0
    page.reload()
    open_account(page, "E-mail address")
    expect(dialog.get_by_role("radio", name="Once a day at most")).to_be_checked()
    looks_right(page)
    with page.expect_response("**/settings"):
        dialog.get_by_role("radio", name="Once an hour at most").check()
    page.reload()
    open_account(page, "E-mail address")
    expect(dialog.get_by_role("radio", name="Once an hour at most")).to_be_checked()
    page.close()

    app = create_app({"instance": server.instance, "async_mode": "threading", "sign_in": "password"})
    wait_until_all_have_left(app)
    bob = Absent(app, "bob")
    bob.writes("zoe", "Lunch at noon?")
    pass_time(app, minutes=16)
    look(app)
    plain, _ = parts_of(post.wait_for(1))
    close_app(app)
    (link,) = re.findall(r"https://chat\.example\.org/(#/unsubscribe/\S+)", plain)

    # It is opened in a browser where nobody is signed in.
    away = new_person("zoe", server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    away.goto(f"{server.url}#/unsubscribe/1-wrong")
    away.get_by_role("button", name="Get no more of these e-mails").click()
    expect(away.get_by_role("alert")).to_contain_text("This link is not valid")
    looks_right(away)
    away.goto("about:blank")
    away.goto(server.url + link)
    away.get_by_role("button", name="Get no more of these e-mails").click()
    expect(away.get_by_role("status").first).to_contain_text("You will get no more of these e-mails.")
    looks_right(away)
    away.get_by_role("button", name="Go on to the chat").click()
    expect(away.get_by_label("Username")).to_be_visible()
    sign_in(away, server, "zoe", PASSWORD)
    open_account(away, "E-mail address")
    expect(away.get_by_role("radio", name="Never")).to_be_checked()
    post.stop()
