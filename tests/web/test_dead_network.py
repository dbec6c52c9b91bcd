"""A network that is dead in one direction, and a laptop that sleeps: nothing is lost, doubled or out of order."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import people
from tests.faults.tcp_proxy import TcpProxy
from tests.web.people import Person, bubble, composer, texts, tick, wait_connected, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]

HEARTBEAT_SECONDS = 2 + 2
"""After which the server, and the page, take a silent connection for dead."""

PATIENCE_MILLISECONDS = 20_000
"""Far less than it takes until a browser has given up all connections that it keeps for requests."""


@pytest.fixture(scope="module")
def server(make_server: Callable[..., Server]) -> Server:
    """A server that both the page and its socket reach by one port, so that one proxy holds all of it."""
    return make_server(users=40, one_port=True, PING_INTERVAL=2, PING_TIMEOUT=2)


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    return (f"user{number}" for number in range(40))


@pytest.fixture
def proxy(server: Server) -> Iterator[TcpProxy]:
    made = TcpProxy(int(server.environment["CHATAPP_HTTP_PORT"]))
    yield made
    made.close()


def open_behind(proxy: TcpProxy, person: Person, other: str) -> Page:
    page = person.context.new_page()
    page.goto(f"http://localhost:{proxy.port}/#/u/{other}")
    wait_connected(page)
    return page


@pytest.mark.slow
@pytest.mark.parametrize("to_server", [True, False], ids=["to the server", "from the server"])
def test_a_network_that_is_dead_in_one_direction_loses_and_doubles_nothing(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser], proxy: TcpProxy, to_server: bool
) -> None:
    alice, bob = new_person(), new_api_user()
    page = open_behind(proxy, alice, bob.username)
    write(page, "before")
    expect(tick(page, "before")).to_have_attribute("aria-label", "Stored")
    proxy.lose(to_server=to_server)
    write(page, "into the void", "and once more")
    bob.say(alice.username, "can you hear me?")
    expect(tick(page, "and once more")).to_have_attribute("aria-label", "Sending")
    expect(bubble(page, "can you hear me?")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    expect(tick(page, "and once more")).to_have_attribute("aria-label", "Stored", timeout=PATIENCE_MILLISECONDS)
    expect(page.locator(".banner")).to_have_count(0)
    stored = bob.messages(alice.username)
    assert sorted(stored) == sorted(["before", "into the void", "and once more", "can you hear me?"])
    assert stored.index("into the void") < stored.index("and once more")
    assert texts(page) == stored


@pytest.mark.slow
def test_a_laptop_that_slept_is_up_to_date_and_sends_what_was_written(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser], browser: Browser
) -> None:
    alice, bob = new_person(), new_api_user()
    page = alice.open(f"#/u/{bob.username}")
    write(page, "before")
    composer(page).fill("half a thought")
    asleep = Renderers(browser)
    asleep.stop()
    wait_until_offline(bob, alice.username)
    bob.say(alice.username, *(f"while you slept {number}" for number in range(5)))
    asleep.wake()
    expect(bubble(page, "while you slept 4")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    wait_connected(page)
    expect(composer(page)).to_have_value("half a thought")
    composer(page).press("Enter")
    expect(tick(page, "half a thought")).to_have_attribute("aria-label", "Stored")
    expected = ["before", *(f"while you slept {number}" for number in range(5)), "half a thought"]
    assert bob.messages(alice.username) == expected
    assert texts(page) == expected


class Renderers:
    """The processes in which the pages of a browser run. Stopped, they answer no heartbeat and run no timer."""

    def __init__(self, browser: Browser) -> None:
        control = browser.new_browser_cdp_session()
        found = control.send("SystemInfo.getProcessInfo")["processInfo"]
        control.detach()
        self._ids = [one["id"] for one in found if one["type"] == "renderer"]
        assert self._ids

    def stop(self) -> None:
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for one in self._ids:
            os.kill(one, number)


def wait_until_offline(someone: ApiUser, username: str) -> None:
    def is_online() -> bool:
        users = someone.request("GET", "users")["users"]
        return next(one["isOnline"] for one in users if one["username"] == username)

    people.wait_until(lambda: not is_online(), f"{username} is offline", 2 * HEARTBEAT_SECONDS)
