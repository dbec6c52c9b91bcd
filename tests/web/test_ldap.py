"""Signing in with a directory's password, from the page; and a directory that hangs, beside a chat that goes on."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.ldap.slapd import GROUPS, PASSWORD, Slapd
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server
from tests.web.test_account import open_account

NewPerson = Callable[..., Person]
OWN_PASSWORD = "a long enough phrase"


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    started = Slapd(tmp_path_factory.mktemp("slapd"))
    yield started
    started.stop()


def chat(make_server: Callable[..., Server], folder: Path, text: str) -> Server:
    file = folder / "ldap.toml"
    file.write_text(text)
    server = make_server(SIGN_IN="password", LDAP=file)
    server.add_user("dave", "--password", OWN_PASSWORD)
    return server


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.slow
def test_a_person_of_the_directory_signs_in_and_sees_where_the_account_is_managed(
    new_person: NewPerson, make_server: Callable[..., Server], slapd: Slapd, tmp_path: Path
) -> None:
    group = f"cn=chat,{GROUPS}"
    server = chat(make_server, tmp_path, slapd.settings(required_group=group))
    page = new_person("erin", at=server, signed_in=False, bypass_csp=True, **PHONE).context.new_page()
    page.goto(server.url)
    sign_in(page, "erin")
    expect(page.get_by_role("alert")).to_contain_text("not in the group that may use this chat")
    slapd.join("erin", group)
    sign_in(page, "erin")
    wait_connected(page)
    open_account(page, "Password")
    dialog = page.get_by_role("dialog", name="Password")
    expect(dialog).to_contain_text("those of Example Ltd")
    expect(dialog.get_by_label("New password")).to_have_count(0)
    assert violations(page) == []
    assert fits(page)
    take_screenshot(page, "directory-password-phone")
    shown = {"Profile": "those of Example Ltd", "Where you are signed in": "By the directory’s password"}
    for section, sentence in shown.items():
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        open_account(page, section)
        expect(page.get_by_role("dialog")).to_contain_text(sentence)
    slapd.stop()
    late = new_person("finn", at=server, signed_in=False).context.new_page()
    late.goto(server.url)
    sign_in(late, "finn")
    expect(late.get_by_role("alert")).to_contain_text("The directory of accounts does not answer")
    sign_in(late, "dave", OWN_PASSWORD)
    wait_connected(late)


@pytest.mark.slow
def test_many_sign_ins_at_a_directory_that_hangs_hold_nobody_else_up(
    make_server: Callable[..., Server], slapd: Slapd, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent, ThreadPoolExecutor(30) as threads:
        url = f"ldap://localhost:{silent.getsockname()[1]}"
        server = chat(make_server, tmp_path, slapd.settings(url=url, timeout_seconds=4))

        def attempt(username: str, password: str) -> int:
            body = {"username": username, "password": password}
            return requests.post(f"{server.url}login", json=body, timeout=20).status_code

        waiting = [threads.submit(attempt, f"person{number}", PASSWORD) for number in range(25)]
        began = time.monotonic()
        assert attempt("dave", OWN_PASSWORD) == 200
        assert time.monotonic() - began < 3
        assert not all(one.done() for one in waiting), "the directory still hangs"
        assert {one.result() for one in waiting} == {503}
