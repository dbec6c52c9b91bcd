"""The documented set-up for the internet: nginx with TLS in front, and one setting."""

import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.certificates import key_hash
from tests.web.browser import FLAGS, chromium_path
from tests.web.nginx import Nginx, running_nginx
from tests.web.people import bubble, composer, tick, wait_connected, write
from tests.web.proxy import HOST
from tests.web.server import Server
from tests.web.test_passkeys import NO_OFFER, PASSWORD, SecurityKey, close_dialog, open_section, sign_in, sign_out

ADDRESS = "203.0.113.9"


@pytest.fixture(scope="module")
def behind_tls(make_server: Callable[..., Server]) -> Server:
    server = make_server(users=None, SIGN_IN="password", PROXIES=1)
    for name in ("grace", "heidi"):
        server.add_user(name, "--first-name", name.title(), "--password", PASSWORD)
    return server


@pytest.fixture(scope="module")
def nginx(behind_tls: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with running_nginx(tmp_path_factory.mktemp("nginx"), behind_tls) as started:
        yield started


@pytest.fixture(scope="module")
def trusting(playwright: Playwright, nginx: Nginx) -> Iterator[Browser]:
    """A browser that trusts the certificate, as passkeys and service workers demand."""
    trust = f"--ignore-certificate-errors-spki-list={key_hash(nginx.folder / 'server.pem')}"
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, trust])
    yield launched
    launched.close()


def open_page(browser: Browser, address: str) -> Page:
    page = browser.new_context(locale="en-GB", reduced_motion="reduce").new_page()
    page.add_init_script(NO_OFFER)
    page.goto(address)
    return page


@pytest.mark.slow
def test_two_people_chat_and_a_passkey_signs_in_behind_tls(trusting: Browser, nginx: Nginx) -> None:
    grace, heidi = open_page(trusting, nginx.plain_url), open_page(trusting, nginx.url)
    assert grace.url == nginx.url
    key = SecurityKey(grace)
    sockets: list[str] = []
    grace.on("websocket", lambda socket: sockets.append(socket.url))
    for page, name, other in ((grace, "grace", "heidi"), (heidi, "heidi", "grace")):
        sign_in(page, name)
        wait_connected(page)
        page.goto(f"{nginx.url}#/u/{other}")
    write(grace, "by TLS")
    expect(bubble(heidi, "by TLS")).to_be_visible()
    expect(tick(grace, "by TLS")).to_have_accessible_name("Read by all")
    assert {address.partition("?")[0] for address in sockets} == {f"wss://{HOST}:{nginx.https_port}/socket.io/"}

    dialog = open_section(grace, "Passkeys")
    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    assert [one["rpId"] for one in key.credentials] == [HOST]
    close_dialog(grace)
    sign_out(grace)
    grace.get_by_role("button", name="Use a passkey").click()
    wait_connected(grace)
    expect(composer(grace)).to_be_visible()
    for page in (grace, heidi):
        page.context.close()


@pytest.mark.slow
def test_the_cookies_are_bound_to_the_host_and_to_tls(trusting: Browser, nginx: Nginx) -> None:
    page = open_page(trusting, nginx.url)
    sign_in(page, "heidi")
    wait_connected(page)
    found = {cookie["name"]: cookie for cookie in page.context.cookies()}
    bound = {name for name in found if name.startswith("__Host-")}
    assert {re.split("(?<=Token|TOKEN)-", name)[0] for name in bound} == {"__Host-chatToken", "__Host-XSRF-TOKEN"}
    assert set(found) - bound == {"chatToken", "XSRF-TOKEN"}
    for name, cookie in found.items():
        attributes = (cookie["secure"], cookie["sameSite"], cookie["path"], cookie["domain"])
        assert attributes == (True, "Lax", "/", HOST), name
        assert cookie["httpOnly"] is ("chatToken" in name), name
    assert "chatToken" not in page.evaluate("document.cookie")
    page.context.close()


def test_only_tls_sends_hsts_and_only_the_proxy_tells_the_client_s_address(nginx: Nginx, behind_tls: Server) -> None:
    certificate = str(nginx.folder / "server.pem")
    by_tls = f"https://127.0.0.1:{nginx.https_port}/"
    answer = requests.get(by_tls, headers={"Host": HOST}, verify=certificate, timeout=10)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert f"wss://{HOST}" in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in requests.get(behind_tls.http, timeout=10).headers
    forged = {"X-Forwarded-For": ADDRESS, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    body = {"username": "heidi", "password": PASSWORD}
    signed_in = requests.post(by_tls + "login", json=body, headers=forged, verify=certificate, timeout=10)
    assert signed_in.status_code == 200
    assert all("Secure" in cookie for cookie in signed_in.raw.headers.getlist("Set-Cookie"))
    token = {"auth-token": signed_in.headers["auth-token"]}
    sessions = requests.get(by_tls + "sessions", headers=token, verify=certificate, timeout=10).json()
    assert ADDRESS not in str(sessions)
    assert "127.0.0.1" in str(sessions)
