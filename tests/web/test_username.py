"""A username changes while conversations are open, with a draft: by the person, and by an administrator."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.people import wait_until
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, bubble, composer, reload_offline, write
from tests.web.server import ApiUser, Server
from tests.web.test_account import FIRST, open_account, sign_in
from tests.web.test_administration import open_administration, open_section

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]


@pytest.mark.slow
def test_a_conversation_and_its_draft_go_on_under_the_new_name(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(SIGN_IN="password")
    for name in ("zoe", "yan"):
        server.add_user(name, "--password", FIRST)
    options = {"signed_in": False, "bypass_csp": True, "service_workers": "allow"}
    zoe, yan = (new_person(name, server, **options) for name in ("zoe", "yan"))
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
    expect(dialog.get_by_role("alert")).to_have_text("This username is taken, or looks like one that is.")
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
    expect(theirs.locator("#conversations .line", has_text="hello back")).to_have_count(1)
    composer(theirs).press("Enter")
    expect(bubble(page, "not sent yet")).to_be_visible()
    composer(page).press("Enter")
    expect(bubble(theirs, "mine")).to_be_visible()
    offline = reload_offline(zoe)
    offline.reload()
    expect(offline.locator("#conversations .line", has_text="mine")).to_have_count(1)
    for text in ("hello", "hello back", "not sent yet", "mine"):
        expect(bubble(offline, text).first).to_be_visible()


@pytest.mark.slow
def test_an_administrator_renames_somebody_whose_open_page_goes_on(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(users=0)
    server.add_root()
    server.add_user("zoe", "--no-password", "--first-name", "Zoe")
    server.add_user("yan", "--no-password", "--first-name", "Yan")
    yan = ApiUser(server, "yan")
    yan.say("zoe", "hello")
    theirs = new_person("zoe", server).open("#/u/yan")
    composer(theirs).press_sequentially("not sent yet")
    page = new_person("root", server, bypass_csp=True, **PHONE).open()
    dialog = open_administration(page)
    open_section(dialog, "People")
    dialog.get_by_role("button", name=re.compile("@zoe")).click()
    field, save = dialog.get_by_label("New username"), dialog.get_by_role("button", name="Change username")
    expect(field).to_have_value("zoe")
    rule = re.compile("Begins with a letter or digit.*former username", re.DOTALL)
    expect(field).to_have_accessible_description(rule)
    for name, why in (
        ("yan", "This username is taken, or looks like one that is."),
        ("zoe@example.org", "Something about that is not allowed. Check what you entered."),
    ):
        field.fill(name)
        save.click()
        expect(dialog.get_by_role("alert").filter(has_text=why)).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "administration-username")
    field.fill("zoey")
    save.click()
    # The page starts over, as everybody's does.
    expect(dialog).to_have_count(0)
    expect(composer(theirs)).to_have_value("not sent yet")
    composer(theirs).press("Enter")
    expect(bubble(theirs, "not sent yet")).to_be_visible()
    wait_until(lambda: yan.messages("zoey") == ["hello", "not sent yet"], "the draft is sent under the new name")
    yan.say("zoey", "to the new name")
    expect(bubble(theirs, "to the new name")).to_be_visible()
    theirs.get_by_role("button", name="Your account").click()
    expect(theirs.get_by_role("dialog")).to_contain_text("@zoey")
