"""A person changes their username while another has their conversation open, with a draft."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.web.page_checks import fits, take_screenshot, violations
from tests.web.people import Person, bubble, composer, reload_offline, write
from tests.web.server import Server
from tests.web.test_account import FIRST, open_account, sign_in

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


def test_a_conversation_and_its_draft_go_on_under_the_new_name(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(SIGN_IN="password")
    for name in ("zoe", "yan"):
        server.add_user(name, "--password", FIRST)
    zoe, yan = (new_person(name, server, signed_in=False, bypass_csp=True) for name in ("zoe", "yan"))
    theirs, page = zoe.context.new_page(), yan.context.new_page()
    zoe.page = theirs
    sign_in(theirs, server, "zoe", FIRST)
    sign_in(page, server, "yan", FIRST)
    theirs.goto(f"{server.url}#/u/yan")
    write(theirs, "hello")
    composer(theirs).press_sequentially("not sent yet")
    page.goto(f"{server.url}#/u/zoe")
    write(page, "hello back")
    composer(page).press_sequentially("mine")
    expect(bubble(theirs, "hello back")).to_be_visible()
    open_account(page, "Username")
    dialog = page.get_by_role("dialog", name="Username")
    expect(dialog.get_by_label("New username")).to_have_value("yan")
    dialog.get_by_label("New username").fill("zoe")
    dialog.get_by_label("Current password").fill(FIRST)
    dialog.get_by_role("button", name="Change username").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "username")
    dialog.get_by_label("New username").fill("yannick")
    dialog.get_by_role("button", name="Change username").click()
    expect(dialog).to_have_count(0)
    expect(theirs).to_have_url(re.compile("#/u/yannick$"))
    expect(bubble(theirs, "hello back")).to_be_visible()
    expect(composer(theirs)).to_have_value("not sent yet")
    expect(composer(page)).to_have_value("mine")
    expect(theirs.locator("#conversations .line")).to_have_count(1)
    composer(theirs).press("Enter")
    expect(bubble(page, "not sent yet")).to_be_visible()
    composer(page).press("Enter")
    expect(bubble(theirs, "mine")).to_be_visible()
    offline = reload_offline(zoe)
    offline.reload()
    expect(offline.locator("#conversations .line")).to_have_count(1)
    for text in ("hello", "hello back", "not sent yet", "mine"):
        expect(bubble(offline, text).first).to_be_visible()
