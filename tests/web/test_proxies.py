"""The documented proxies at the root of a host name and below a path: people chat by both transports and send files."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.certificates import key_hash
from tests.uploads import TUS
from tests.web.browser import FLAGS, chromium_path
from tests.web.caddy import running_caddy
from tests.web.nginx import running_nginx
from tests.web.people import Person, bubble, bubbles, line, reload_offline, tick, wait_connected, write
from tests.web.proxy import HOST, OTHER_SERVICE, Proxy
from tests.web.sent_files import attach, picture
from tests.web.server import Server

PROGRAMS = {"nginx": running_nginx, "caddy": running_caddy}
SETUPS = [(program, path) for path in ("", "/chat") for program in PROGRAMS]
LARGEST_BYTES = 20_000_000
WITHOUT_WEBSOCKETS = "delete globalThis.WebSocket"


@dataclass
class Setup:
    """A server behind a proxy, and a browser that trusts the certificate."""

    proxy: Proxy
    server: Server
    browser: Browser

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.proxy.https_port}"

    def sign_in(self, name: str, place: str = "", script: str = "") -> Page:
        """A page with this person signed in, in a browser context of its own."""
        page = self.browser.new_context(locale="en-GB", reduced_motion="reduce").new_page()
        if script:
            page.add_init_script(script)
        page.goto(self.proxy.url)
        page.get_by_role("button", name=f"Sign in as {name}").click()
        wait_connected(page)
        page.goto(self.proxy.url + place)
        return page

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        address = f"https://127.0.0.1:{self.proxy.https_port}{self.proxy.path}{path}"
        certificate = str(self.proxy.folder / "server.pem")
        headers = {"Host": HOST, **options.pop("headers", {})}  # type: ignore[dict-item]
        return requests.request(method, address, headers=headers, verify=certificate, timeout=60, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=SETUPS, ids=lambda setup: f"{setup[0]} at {setup[1] or 'the root'}")
def setup(
    request: pytest.FixtureRequest,
    make_server: Callable[..., Server],
    playwright: Playwright,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Setup]:
    program, path = request.param
    settings = {"BASE_PATH": path} if path else {}
    server = make_server(PROXIES=1, ACCEL_REDIRECT="/stored-files/" if program == "nginx" else "", **settings)
    folder = tmp_path_factory.mktemp(program)
    with PROGRAMS[program](folder, server, path) as proxy:
        trust = f"--ignore-certificate-errors-spki-list={key_hash(folder / 'server.pem')}"
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, trust])
        yield Setup(proxy, server, browser)
        browser.close()
    server.stop()


@pytest.fixture
def requested(setup: Setup) -> Iterator[list[str]]:
    """The paths of all requests to the origin while the test runs, in all pages that it opens."""
    paths: list[str] = []

    def watch(context: BrowserContext) -> None:
        context.on("request", lambda one: note(one.url))
        context.on("page", lambda page: page.on("websocket", lambda one: note(one.url)))

    def note(address: str) -> None:
        if urlsplit(address).netloc == urlsplit(setup.origin).netloc and not address.startswith("blob:"):
            paths.append(urlsplit(address).path)

    setup.browser.on("context", watch)
    yield paths
    for context in setup.browser.contexts:
        context.close()
    setup.browser.remove_listener("context", watch)


@pytest.mark.slow
def test_people_chat_by_websocket_and_by_polling(setup: Setup, requested: list[str]) -> None:
    sockets: list[str] = []
    alice = setup.sign_in("Alice Ardern", "#/u/bob")
    alice.on("websocket", lambda one: sockets.append(one.url.partition("?")[0]))
    alice.reload()
    wait_connected(alice)
    bob = setup.sign_in("Bob Brandt", "#/u/alice", WITHOUT_WEBSOCKETS)
    write(alice, "by WebSocket")
    expect(bubble(bob, "by WebSocket")).to_be_visible()
    write(bob, "by polling")
    expect(bubble(alice, "by polling")).to_be_visible()
    for page, text in ((alice, "by WebSocket"), (bob, "by polling")):
        expect(tick(page, text)).to_have_accessible_name("Read by all")
    assert set(sockets) == {f"wss://{HOST}:{setup.proxy.https_port}{setup.proxy.path}/socket.io/"}
    alice.reload()
    wait_connected(alice)
    expect(bubble(alice, "by polling")).to_be_visible()
    assert len(requested) > 20
    assert [one for one in requested if not one.startswith(setup.proxy.path + "/")] == []


@pytest.mark.slow
def test_a_picture_is_uploaded_and_shown(setup: Setup, requested: list[str]) -> None:
    alice, carol = setup.sign_in("Alice Ardern", "#/u/carol"), setup.sign_in("Carol Chen", "#/u/alice")
    attach(alice, picture())
    write(alice, "look at this")
    expect(bubbles(carol).last).to_contain_text("look at this")
    shown = bubbles(carol).last.locator("img").first
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("picture => picture.naturalWidth") > 0
    assert any(one.startswith(f"{setup.proxy.path}/uploads/") for one in requested)
    assert [one for one in requested if not one.startswith(setup.proxy.path + "/")] == []


@pytest.mark.slow
def test_the_page_opens_offline_and_sends_when_the_network_is_back(setup: Setup) -> None:
    page = setup.sign_in("Carol Chen", "#/u/bob")
    write(page, "before the tunnel")
    expect(tick(page, "before the tunnel")).to_have_accessible_name("Stored")
    carol = Person(page.context, setup.server, "carol")
    carol.page = page
    reload_offline(carol)
    expect(bubble(page, "before the tunnel")).to_be_visible()
    expect(line(page, "Bob Brandt")).to_be_visible()
    write(page, "in the tunnel")
    page.context.set_offline(False)
    expect(tick(page, "in the tunnel")).to_have_accessible_name("Stored")
    scope = page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
    assert scope == setup.proxy.url
    page.context.close()


@pytest.mark.slow
def test_the_session_goes_to_no_other_service_of_the_host_name(setup: Setup) -> None:
    page = setup.sign_in("Bob Brandt")
    path = setup.proxy.path or "/"
    assert {cookie["path"] for cookie in page.context.cookies()} == {path}
    assert all(cookie["secure"] for cookie in page.context.cookies())
    if setup.proxy.path:
        assert page.context.cookies(setup.origin + "/other/") == []
        other = page.context.new_page()
        other.goto(setup.origin + "/")
        expect(other.get_by_text(OTHER_SERVICE)).to_be_visible()
        other.goto(setup.origin + setup.proxy.path)
        wait_connected(other)
        assert other.url.partition("#")[0] == setup.proxy.url
    page.context.close()


def test_a_file_of_many_megabytes_goes_through_and_other_bodies_do_not(setup: Setup) -> None:
    token = setup.request("POST", "/login", json={"username": "alice"}).headers["auth-token"]
    signed_in = {"auth-token": token, **TUS}
    body = bytes(LARGEST_BYTES)
    begun = setup.request("POST", "/uploads", headers={**signed_in, "Upload-Length": str(LARGEST_BYTES)})
    assert begun.status_code == 201, begun.text
    location = begun.headers["Location"]
    assert location.startswith(setup.proxy.path + "/uploads/")
    sent = setup.request(
        "PATCH",
        location.removeprefix(setup.proxy.path),
        headers={**signed_in, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        data=body,
    )
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, str(LARGEST_BYTES)), sent.text
    # Caddy ends the connection while the body is still being sent.
    with contextlib.suppress(requests.ConnectionError):
        assert setup.request("POST", "/messages", headers={"auth-token": token}, data=body).status_code == 413
    assert setup.request("GET", "/loggedIn", headers={"auth-token": token}).status_code == 200


def test_a_forged_address_is_replaced_and_only_tls_is_answered(setup: Setup) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    answer = setup.request("POST", "/login", json={"username": "bob"}, headers=forged)
    assert all("Secure" in cookie for cookie in answer.raw.headers.getlist("Set-Cookie"))
    sessions = setup.request("GET", "/sessions", headers={"auth-token": answer.headers["auth-token"]}).text
    assert "203.0.113.9" not in sessions
    assert "127.0.0.1" in sessions
    plain = requests.get(
        f"http://127.0.0.1:{setup.proxy.http_port}{setup.proxy.path}/",
        headers={"Host": HOST},
        allow_redirects=False,
        timeout=10,
    )
    assert plain.status_code == 308
    assert plain.headers["Location"].startswith("https://" + HOST)
