"""A person's own account in the browser: their sessions and their password."""

import json
import re
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.page_checks import fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server

NewPerson = Callable[..., Person]
MakeServer = Callable[..., Server]
FIRST, SECOND = "a long enough phrase", "another long phrase"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def open_account(page: Page, section: str) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("dialog", name="Your account").get_by_role("button", name=re.compile(f"^{section}")).click()
    expect(page.get_by_role("dialog", name=section)).to_be_visible()


def sign_in(page: Page, server: Server, username: str, password: str) -> None:
    page.goto(server.url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    wait_connected(page)


@pytest.mark.slow
def test_a_person_signs_another_device_out(new_person: NewPerson, unused: "object") -> None:
    here = new_person(bypass_csp=True, **PHONE)
    there = new_person(here.username)
    away = there.open()
    page = here.open()
    open_account(page, "Where you are signed in")
    lines = page.get_by_role("dialog").get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text="This device")).to_contain_text(
        re.compile(r"Chrome on Linux.*By name.*Last used today at", re.DOTALL)
    )
    assert violations(page) == []
    assert fits(page)
    lines.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(lines).to_have_count(1)
    expect(page.get_by_role("button", name="Sign out everywhere else")).to_have_count(0)
    expect(away.get_by_text("Your session has ended")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("button", name="Where you are signed in")).to_be_focused()


@pytest.mark.slow
def test_a_new_password_keeps_this_page_and_its_tabs_and_ends_every_other_session(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("zoe", "--password", FIRST)
    here, there = (new_person("zoe", server, signed_in=False, bypass_csp=True) for _ in range(2))
    page, away = here.context.new_page(), there.context.new_page()
    sign_in(page, server, "zoe", FIRST)
    sign_in(away, server, "zoe", FIRST)
    tab = here.context.new_page()
    tab.goto(server.url)
    wait_connected(tab)
    open_account(page, "Password")
    dialog = page.get_by_role("dialog", name="Password")
    expect(dialog.get_by_label("Current password")).to_be_focused()
    dialog.get_by_label("New password").fill("short")
    dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_role("alert")).to_have_text("At least 8 characters")
    dialog.get_by_label("Current password").fill("wrong")
    dialog.get_by_label("New password").fill(SECOND)
    dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    assert violations(page) == []
    dialog.get_by_label("Current password").fill(FIRST)
    dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_role("status")).to_contain_text("Your password is changed")
    expect(away.get_by_text("Your session has ended")).to_be_visible()
    for one in (page, tab):
        wait_connected(one)
        expect(one.get_by_text("Your session has ended")).to_have_count(0)
    assert page.evaluate("fetch('/sessions').then(answer => answer.json()).then(body => body.sessions.length)") == 1
    sign_in(away, server, "zoe", SECOND)


@pytest.mark.slow
def test_a_tab_goes_on_when_it_hears_late_that_the_former_session_has_ended(
    new_person: NewPerson, make_server: MakeServer
) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("eve", "--password", FIRST)
    here = new_person("eve", server, signed_in=False)
    page = here.context.new_page()
    sign_in(page, server, "eve", FIRST)
    tab = here.open()
    late: list[Route] = []
    tab.route("**/loggedIn", lambda route: route.continue_() if late else late.append(route))
    open_account(page, "Password")
    dialog = page.get_by_role("dialog", name="Password")
    dialog.get_by_label("Current password").fill(FIRST)
    dialog.get_by_label("New password").fill(SECOND)
    with tab.expect_request("**/loggedIn"):
        dialog.get_by_role("button", name="Change password").click()
    expect(dialog.get_by_role("status")).to_contain_text("Your password is changed")
    late[0].fulfill(status=401, json={"response": "The session has ended.", "error": {"code": "unauthorized"}})
    wait_connected(tab)
    expect(tab.get_by_text("Your session has ended")).to_have_count(0)


@pytest.mark.slow
def test_a_person_downloads_everything_that_is_theirs(new_person: NewPerson, make_server: MakeServer) -> None:
    server = make_server(SIGN_IN="password")
    server.add_user("mia", "--password", FIRST)
    here = new_person("mia", server, signed_in=False, bypass_csp=True, **PHONE)
    page = here.context.new_page()
    sign_in(page, server, "mia", FIRST)
    open_account(page, "Your data")
    dialog = page.get_by_role("dialog", name="Your data")
    export = dialog.get_by_role("button", name="Export my data")
    dialog.get_by_label("Your password").fill("wrong")
    export.click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    assert violations(page) == []
    assert fits(page)
    dialog.get_by_label("Your password").fill(FIRST)
    with page.expect_download() as download:
        export.click()
    assert download.value.suggested_filename == "chat-data.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("profile.json"))["username"] == "mia"
    expect(dialog.get_by_role("status")).to_have_text("Your data was downloaded.")
    expect(dialog.get_by_label("Your password")).to_have_value("")
    for _ in range(4):
        dialog.get_by_label("Your password").fill(FIRST)
        with page.expect_download():
            export.click()
        expect(dialog.get_by_label("Your password")).to_have_value("")
    dialog.get_by_label("Your password").fill(FIRST)
    export.click()
    expect(dialog.get_by_role("alert")).to_contain_text("exported only just now")
