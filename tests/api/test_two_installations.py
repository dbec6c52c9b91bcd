"""Two installations on one host name and two ports: a browser sends the cookies of each to both."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import socketio
from flask import Flask

from tests.people import NAMESPACE
from tests.servers import Server

TRANSPORTS = ["polling", "websocket"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    started = [Server(tmp_path_factory.mktemp(name)).start() for name in ("one", "two")]
    yield started
    assert [server.stop() for server in started] == [0, 0]
    assert all("Traceback" not in server.log for server in started)


@pytest.fixture
def one(servers: list[Server]) -> Server:
    return servers[0]


@pytest.fixture
def two(servers: list[Server]) -> Server:
    return servers[1]


@pytest.fixture
def browser(one: Server, two: Server) -> Iterator["Browser"]:
    """With alice signed in at the first installation, and then bob at the second."""
    with Browser() as found:
        found.sign_in(one, "alice")
        found.sign_in(two, "bob")
        yield found


class Browser(requests.Session):
    """One cookie jar for all ports of the host."""

    def sign_in(self, server: Server, username: str) -> None:
        assert self.post(server.http + "/login", json={"username": username}).status_code == 200

    def who(self, server: Server) -> str | None:
        """Who is signed in; None for nobody."""
        answer = self.get(server.http + "/loggedIn")
        assert answer.status_code in (200, 401), answer.text
        found: str | None = answer.json().get("username")
        return found

    def write(self, server: Server, **headers: str) -> int:
        """The status of a message to oneself."""
        body = {"receiver": "alice", "content": "x"}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(server.http + "/messages", json=body, headers=headers).status_code

    def own(self, name: str, server: Server) -> str:
        """The value of a cookie that is this installation's own."""
        found = self.cookies[f"{name}-{installation(server)}"]
        assert found
        return found

    def header(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    def without_own(self, server: Server) -> "Browser":
        """A browser with the same cookies, except those that are this installation's own."""
        copy = Browser()
        for cookie in self.cookies:
            if not cookie.name.endswith(installation(server)):
                copy.cookies.set_cookie(cookie)
        return copy


def installation(server: Server) -> str:
    """As the page is told."""
    (settings,) = re.findall(r'id="settings">(.+?)</script>', requests.get(server.http, timeout=5).text)
    found: str = json.loads(settings)["installation"]
    assert found
    return found


def greeting(server: Server, cookies: str, transport: str) -> str:
    """As whom a socket is signed in by these cookies, learnt from a message to oneself; or why it is not."""
    client = socketio.Client(reconnection=False)
    refusals: list[str] = []
    client.on("connect_error", lambda data: refusals.append(data["data"]["code"]), namespace=NAMESPACE)
    try:
        client.connect(server.ws, headers={"Cookie": cookies}, transports=[transport], namespaces=[NAMESPACE])
        for username in ("alice", "bob"):
            body = {"sender": username, "receiver": username, "content": "me"}
            if client.call("privateMessage", body, namespace=NAMESPACE)["success"]:
                return username
        return "nobody"
    except socketio.exceptions.ConnectionError:
        return refusals[0]
    finally:
        client.disconnect()
        client.eio.wait()
        if client.eio.ws is not None:
            client.eio.ws.shutdown()
        if client.eio.http is not None:
            client.eio.http.close()


def test_whoever_signs_in_at_both_stays_signed_in_at_both(browser: Browser, one: Server, two: Server) -> None:
    for _ in range(2):
        assert (browser.who(one), browser.who(two)) == ("alice", "bob")
    assert (browser.who(two), browser.who(one)) == ("bob", "alice")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_each_socket_is_signed_in_by_its_own_installations_cookie(
    browser: Browser, one: Server, two: Server, transport: str
) -> None:
    assert greeting(one, browser.header(), transport) == "alice"
    assert greeting(two, browser.header(), transport) == "bob"


def test_our_page_passes_with_its_own_csrf_cookie_and_not_with_the_other_ones(
    browser: Browser, one: Server, two: Server
) -> None:
    own = browser.own("XSRF-TOKEN", one)
    assert browser.cookies["XSRF-TOKEN"] == browser.own("XSRF-TOKEN", two) != own
    assert browser.write(one, X_XSRF_TOKEN=own) == 200
    assert browser.write(one, X_XSRF_TOKEN=browser.own("XSRF-TOKEN", two)) == 403
    assert browser.write(one) == 403


def test_a_client_that_knows_only_the_plain_names_goes_on_at_both(browser: Browser, one: Server, two: Server) -> None:
    # Whose plain CSRF cookie has been overwritten passes by its origin, which browsers send with every POST.
    assert browser.write(one, X_XSRF_TOKEN=browser.cookies["XSRF-TOKEN"], Origin=one.http) == 200
    assert browser.write(two, X_XSRF_TOKEN=browser.cookies["XSRF-TOKEN"]) == 200
    assert browser.who(one) == "alice"
    assert browser.write(one, X_XSRF_TOKEN=browser.cookies["XSRF-TOKEN"]) == 200


def test_a_plain_cookie_of_another_installation_signs_nobody_in(browser: Browser, one: Server, two: Server) -> None:
    stranger = browser.without_own(one)
    assert stranger.cookies["chatToken"] == browser.own("chatToken", two)
    assert stranger.who(one) is None
    for transport in TRANSPORTS:
        assert greeting(one, stranger.header(), transport) == "not_signed_in"
    assert stranger.who(two) == "bob"


def test_a_plain_cookie_of_this_installation_is_enough(browser: Browser, one: Server, two: Server) -> None:
    assert browser.who(one) == "alice"
    plain = browser.without_own(one)
    for transport in TRANSPORTS:
        assert greeting(one, plain.header(), transport) == "alice"
    assert plain.who(one) == "alice"


def test_the_own_cookie_counts_before_the_plain_one_for_as_long_as_its_session_stands(
    browser: Browser, one: Server
) -> None:
    own = browser.own("chatToken", one)
    with Browser() as other:
        other.sign_in(one, "bob")
        cookies = f"chatToken={other.cookies['chatToken']}; chatToken-{installation(one)}={own}"
    assert requests.get(one.http + "/loggedIn", headers={"Cookie": cookies}, timeout=5).json()["username"] == "alice"
    assert greeting(one, cookies, "websocket") == "alice"
    assert requests.post(one.http + "/logout", headers={"auth-token": own}, timeout=5).status_code == 200
    assert requests.get(one.http + "/loggedIn", headers={"Cookie": cookies}, timeout=5).json()["username"] == "bob"
    assert greeting(one, cookies, "websocket") == "bob"


def test_signing_out_at_one_leaves_the_other_alone(browser: Browser, one: Server, two: Server) -> None:
    csrf = browser.own("XSRF-TOKEN", one)
    assert browser.post(one.http + "/logout", headers={"X-XSRF-TOKEN": csrf}).status_code == 200
    assert (browser.who(one), browser.who(two)) == (None, "bob")
    assert browser.write(two, X_XSRF_TOKEN=browser.own("XSRF-TOKEN", two)) == 200


@pytest.mark.slow
def test_the_key_makes_the_installation_and_not_the_folder(
    make_app: Callable[..., Flask], tmp_path: Path, one: Server, two: Server
) -> None:
    def names(**settings: str) -> set[str]:
        answer = make_app(**settings).test_client().post("/login", json={"username": "alice"})
        return {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")}

    folders = [str(tmp_path / name) for name in ("a", "b")]
    first, second = (names(instance=folder, secret_key="k" * 32) for folder in folders)
    assert first == second
    assert len(first) == 4
    assert names(instance=folders[0]) == names(instance=folders[0])
    assert names(instance=folders[0]) != names(instance=folders[1])
    assert installation(one) != installation(two)
