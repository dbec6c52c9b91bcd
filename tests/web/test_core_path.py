"""The core path in every browser: sign in, chat, see ticks, reload, write without a server, make a group."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.web.browser import BrowserMissing, firefox_path
from tests.web.server import ApiUser, Server
from tests.web.windows import BROWSERS, Maker, Window

SignIn = Callable[[str], Window]


@pytest.fixture
def own_server(make_server: Callable[..., Server]) -> Iterator[Server]:
    """A server of this module's own, which its tests stop."""
    server = make_server(users=60)
    yield server
    server.stop()


@pytest.fixture(
    params=["chromium", *(pytest.param(name, marks=pytest.mark.slow) for name in BROWSERS if name != "chromium")]
)
def new_window(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Maker]:
    """Opens windows of one browser. CI has every browser; elsewhere the tests of a missing browser are skipped."""
    try:
        with BROWSERS[request.param](playwright) as make:
            yield make
    except BrowserMissing as missing:
        if "CI" in os.environ:
            raise
        pytest.skip(f"No {request.param}: {missing}")


@pytest.fixture
def sign_in(new_window: Maker, own_server: Server) -> Iterator[SignIn]:
    """Opens a window and signs a user in by their name in the list."""
    with contextlib.ExitStack() as opened:

        def enter(username: str) -> Window:
            window = new_window()
            opened.callback(window.close)
            window.open(own_server.url)
            window.write("//input[@aria-label='Find your name']", username)
            window.click(f"//button[.//small[.='@{username}']]")
            window.wait_for("//*[@data-connection='connected']")
            return window

        yield enter


COMPOSER = "//textarea[@id='composer']"
SENDING = "@aria-label='Sending'"
ONE_TICK = "@aria-label='Stored'"
TWO_TICKS = "@aria-label='Delivered to all' or @aria-label='Read by all'"


def choose(window: Window, name: str) -> None:
    """Opens a conversation from the list."""
    window.click(f"//*[@id='conversations']//a[.//*[@class='line-name'][.='{name}']]")
    window.wait_for(f"//h1[.='{name}']")


def say(window: Window, text: str) -> None:
    window.write(COMPOSER, text)
    window.press_enter(COMPOSER)


def wait_for_tick(window: Window, text: str, label: str) -> None:
    window.wait_for(f"//*[contains(@class, 'bubble')][contains(., '{text}')]//*[{label}]")


def wait_for_texts(window: Window, *texts: str) -> None:
    """Waits until the conversation shows exactly these messages, in this order."""
    window.wait(SHOWS_EXACTLY, list(texts))


SHOWS_EXACTLY = """(expected) => {
  const said = [...document.querySelectorAll(".row-message .text")].map((row) => {
    const copy = row.cloneNode(true);
    copy.querySelector(".meta").remove();
    return copy.textContent.trim();
  });
  return JSON.stringify(said) === JSON.stringify(expected);
}"""

UNSENT_MESSAGE_STORED = """async () => {
  const [{ name }] = await indexedDB.databases();
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const database = await done(indexedDB.open(name));
  const count = await done(database.transaction("outbox").objectStore("outbox").count());
  database.close();
  return count === 1;
}"""
"""Whether the one unsent message is on disk."""

SHELL_CACHED = "() => navigator.serviceWorker.controller !== null"
"""Whether the service worker can serve the page offline: it takes control when its cache is complete.

Its `state` is unreliable: in WebKit it sometimes stays at "installing".
"""


def test_two_users_chat_survive_a_server_stop_and_manage_a_group_in_every_browser(
    sign_in: SignIn, own_server: Server
) -> None:
    """One test, because the first visit of each user costs most."""
    alice = sign_in("user20")
    alice.write("//input[@id='search']", "user21")
    choose(alice, "User 21")
    say(alice, "are you there?")
    wait_for_tick(alice, "are you there?", ONE_TICK)
    bob = sign_in("user21")
    wait_for_tick(alice, "are you there?", TWO_TICKS)
    choose(bob, "User 20")
    say(bob, "here I am")
    for window in (alice, bob):
        wait_for_texts(window, "are you there?", "here I am")
    write_without_a_server(alice, bob, own_server)
    meet_in_a_group(alice, bob)
    manage_the_group(alice, bob)


def write_without_a_server(alice: Window, bob: Window, own_server: Server) -> None:
    """A message written while the server is down survives a reload and arrives once."""
    alice.wait(SHELL_CACHED)
    own_server.stop()
    say(alice, "into the wind")
    wait_for_tick(alice, "into the wind", SENDING)
    alice.wait(UNSENT_MESSAGE_STORED)
    alice.reload()
    wait_for_texts(alice, "are you there?", "here I am", "into the wind")
    wait_for_tick(alice, "into the wind", SENDING)
    own_server.start()
    wait_for_tick(alice, "into the wind", TWO_TICKS)
    for window in (alice, bob):
        wait_for_texts(window, "are you there?", "here I am", "into the wind")
    assert ApiUser(own_server, "user20").messages("user21") == ["are you there?", "here I am", "into the wind"]


def meet_in_a_group(alice: Window, bob: Window) -> None:
    """A new group appears in the lists of its members without a reload."""
    alice.click("//button[@aria-label='New group']")
    alice.write("//input[@id='group-name']", "Rowing")
    alice.write("//input[@aria-label='Type a name']", "user21")
    alice.click("//label[.//small[.='@user21']]//input")
    alice.click("//button[.='Create group']")
    alice.wait_for("//h1[.='Rowing']")
    say(alice, "boat at six")
    # bob's page is connected but shows another conversation: only its ack can bring the second tick.
    wait_for_tick(alice, "boat at six", TWO_TICKS)
    choose(bob, "Rowing")
    say(bob, "on my way")
    for window in (alice, bob):
        wait_for_texts(window, "boat at six", "on my way")
    alice.wait_for("//*[contains(@class, 'bubble')][contains(., 'on my way')]//*[.='User 21']")


def manage_the_group(alice: Window, bob: Window) -> None:
    """Changes of members, roles and the name show on the other member's page at once."""
    alice.click("//button[@aria-label='Details']")
    alice.click("//dialog//button[.='Add people']")
    alice.write("//dialog//input[@aria-label='Type a name']", "user22")
    alice.click("//dialog//label[.//small[.='@user22']]//input")
    alice.click("//dialog//button[.='Add 1 person']")
    bob.wait_for("//header//small[starts-with(., '3 members')]")
    alice.click(member("user22"))
    alice.click("//dialog//button[.='Remove from the group']")
    alice.click("//dialog//button[.='Remove']")
    bob.wait_for("//header//small[starts-with(., '2 members')]")
    alice.click(member("user21"))
    alice.click("//dialog//input[@value='admin']")
    alice.click("//dialog//button[.='Change role']")
    bob.click("//button[@aria-label='Details']")
    bob.wait_for("//dialog//button[.='Add people']")
    alice.click("//dialog//button[@aria-label='Back']")
    alice.click("//dialog//button[@aria-label='Rename the group']")
    alice.evaluate("() => document.getElementById('group-new-name').value = ''")
    alice.write("//input[@id='group-new-name']", "Sailing")
    alice.click("//dialog//button[.='Save']")
    bob.wait_for("//h1[.='Sailing']")
    alice.click(member("user21"))
    alice.click("//dialog//button[.='Remove from the group']")
    alice.click("//dialog//button[.='Remove']")
    bob.wait_for("//*[@role='alert'][.='You are no longer in this group.']")


def member(username: str) -> str:
    """The XPath of a member's line in the details of a group."""
    return f"//dialog//li//button[.//small[starts-with(., '@{username}')]]"


def test_a_browser_that_cannot_be_installed_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserMissing, match=r"None of firefox-esr, firefox is installed.*install firefox-esr"):
        firefox_path()
