"""A page of another site, opened in the browser of a signed-in person, changes nothing and reads nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.web.people import Person
from tests.web.server import ApiUser, Server
from tests.web.test_safety import QuietHandler

FETCH = """([address, type, body]) => fetch(address, {
    method: "POST", credentials: "include", headers: { "Content-Type": type }, body,
    mode: type === "text/plain" ? "no-cors" : "cors",
}).then((answer) => answer.type, (error) => error.name)"""

FORM = """([address, name]) => {
    const form = Object.assign(document.createElement("form"), { action: address, method: "post" });
    form.enctype = "text/plain";
    form.append(Object.assign(document.createElement("input"), { name, value: '"}' }));
    document.body.append(form);
    form.submit();
}"""

SOCKET = """(address) => new Promise((done) => {
    const socket = new WebSocket(address);
    socket.onopen = () => done("opened");
    socket.onerror = () => done("refused");
})"""

POLL = """(address) => fetch(address, { credentials: "include" }).then(() => "read", (error) => error.name)"""

FRAME = """(address) => new Promise((done) => {
    const frame = Object.assign(document.createElement("iframe"), { src: address, onload: () => done() });
    document.body.append(frame);
})"""


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[str]:
    """The address of a page whose host name is of another site than the server's."""
    (tmp_path / "index.html").write_text("<title>Another site</title><body></body>")
    with ThreadingHTTPServer(("127.0.0.2", 0), partial(QuietHandler, directory=str(tmp_path))) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.2:{other.server_port}/"
        other.shutdown()


@pytest.mark.parametrize(("same_site", "status"), [("Lax", 401), ("None", 403)])
def test_a_page_of_another_site_changes_nothing_opens_no_socket_and_frames_nothing(
    new_person: Callable[..., Person],
    new_api_user: Callable[..., ApiUser],
    server: Server,
    foreign: str,
    same_site: Literal["Lax", "None"],
    status: int,
) -> None:
    """Also when the browser sends the cookies along, as if it knew no SameSite."""
    victim, receiver = new_person(), new_api_user()
    page = victim.context.new_page()
    handshake = f"localhost:{server.environment['CHATAPP_WS_PORT']}/socket.io/?EIO=4&transport="
    page.goto(server.url)
    assert page.evaluate(SOCKET, f"ws://{handshake}websocket") == "opened"
    page.goto(foreign)
    # The page before is gone, so that no late answer to it sets a cookie again.
    send_cookies(victim, same_site)
    body = f'{{"receiver": "{receiver.username}", "content": "forged"}}'
    messages = server.url + "messages"
    assert page.evaluate(FETCH, [messages, "application/json", body]) == "TypeError"
    page.evaluate(FETCH, [messages, "text/plain", body])
    page.evaluate(FETCH, [server.url + "logout", "text/plain", ""])
    assert page.evaluate(SOCKET, f"ws://{handshake}websocket") == "refused"
    assert page.evaluate(POLL, f"http://{handshake}polling") == "TypeError"
    page.evaluate(FRAME, server.url)
    assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]
    assert status_of_form(page, messages, body) == status
    assert receiver.messages(victim.username) == []
    victim.complaints.clear()
    assert victim.context.request.get(server.url + "loggedIn").json()["username"] == victim.username


def send_cookies(person: Person, same_site: Literal["Lax", "None"]) -> None:
    """Makes the browser send the person's cookies with requests of other sites, if `same_site` is "None"."""
    if same_site == "None":
        for cookie in person.context.cookies():
            kept = {key: cookie[key] for key in ("name", "value", "domain", "path", "httpOnly")}
            person.context.add_cookies([{**kept, "sameSite": "None", "secure": True}])  # type: ignore[typeddict-item]


def status_of_form(page: Page, address: str, body: str) -> int:
    """The status with which the server answers a form of this page, whose plain text is a JSON body."""
    with page.expect_response(address) as answer:
        page.evaluate(FORM, [address, body.removesuffix('"}') + " "])
    return answer.value.status
