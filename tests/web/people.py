"""A user with a browser context, and helpers that act on a page and read it."""

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.web.server import Server

HARMLESS = re.compile(
    r"Failed to load resource|ERR_|WebSocket connection to .* failed|blocked by Playwright|CORS request did not succeed"
    r"|already in CLOSING or CLOSED|can’t establish a connection to the server at ws"
    r"|does not support the Push API in incognito mode"
)
"""Console messages about a missing network, or about a 401 that the page expects."""


DATABASE = "'chatapp-' + JSON.parse(document.getElementById('settings').textContent).installation"
"""The name of the page's database, as an expression in the page."""

CONVERSATION_STORED = """() => new Promise((resolve) => {
  indexedDB.open(DATABASE).onsuccess = (opened) => {
    const database = opened.target.result;
    const transaction = database.transaction("seen", "readwrite", { durability: "strict" });
    const request = transaction.objectStore("seen").getAllKeys();
    transaction.oncomplete = () => {
      database.close();
      const names = request.result.map(([, name]) => name);
      resolve(names.includes("userRevision") && names.some((name) => name.startsWith("timeline ")));
    };
  };
})""".replace("DATABASE", DATABASE)
"""Whether the browser's database holds a conversation with its messages, and the revision of all of it. Waits until
everything that the page writes is on disk: until then a page that is loaded anew waits for its reads."""


class Person:
    """A user with a browser context. `page` is the newest tab."""

    def __init__(self, context: BrowserContext, server: Server, username: str) -> None:
        self.context = context
        self.server = server
        self.username = username
        self.is_signed_in = False
        self.complaints: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page

    def sign_in(self) -> None:
        """Signs in over HTTP, without the sign-in page."""
        answer = self.context.request.post(f"{self.server.url}login", data={"username": self.username})
        assert answer.ok, answer.text()
        self.is_signed_in = True

    def open(self, place: str = "") -> Page:
        """Opens a tab, at `#/u/bob` for example, and waits until it is connected."""
        page = self.context.new_page()
        page.goto(self.server.url + place)
        expect(page.locator(".sidebar .line").first).to_be_attached()
        wait_connected(page)
        self.page = page
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not HARMLESS.search(message.text):
            self.complaints.append(message.text)


def reload_offline(person: Person) -> Page:
    """Reloads their page without a network, as soon as the service worker serves it and a conversation is stored."""
    page = person.page
    wait_until(page, "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
    page.reload()
    wait_connected(page)
    expect(page.locator("#conversations .line").first).to_be_visible()
    # The page writes what has changed after a pause of 300 ms.
    page.wait_for_timeout(400)
    wait_until(page, CONVERSATION_STORED)
    person.context.set_offline(True)
    page.reload()
    return page


def wait_connected(page: Page) -> None:
    """Waits until the page shows that its socket is connected."""
    expect(page.locator(".chat[data-connection=connected]")).to_be_visible(timeout=15_000)


def line(page: Page, name: str) -> Locator:
    """The line of a user or a group in the list."""
    return page.locator("#conversations .line").filter(
        has=page.locator(".line-name", has_text=re.compile(f"^{re.escape(name)}$"))
    )


def composer(page: Page) -> Locator:
    return page.locator("#composer")


def write(page: Page, *contents: str) -> None:
    """Types and sends messages."""
    for content in contents:
        composer(page).fill(content)
        composer(page).press("Enter")
        expect(composer(page)).to_have_value("")


def bubbles(page: Page) -> Locator:
    return page.locator(".row-message .bubble")


def bubble(page: Page, text: str) -> Locator:
    return bubbles(page).filter(has_text=text)


def tick(page: Page, text: str) -> Locator:
    return bubble(page, text).locator(".tick")


def scroll(page: Page, by: int) -> None:
    """Scrolls with the mouse wheel."""
    page.locator(".scroller").hover()
    page.mouse.wheel(0, by)


def reach(element: Locator) -> None:
    """Scrolls to an element of the messages, and waits until the list has noticed that."""
    element.scroll_into_view_if_needed()
    element.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def scroll_to_start(page: Page) -> None:
    scroll(page, -100_000)


def texts(page: Page) -> list[str]:
    """The texts of the drawn bubbles, without the times."""
    script = """rows => rows.map(row => {
        const copy = row.querySelector('.text').cloneNode(true);
        copy.querySelector('.meta')?.remove();
        return copy.textContent.trim();
    })"""
    found: list[str] = page.locator(".row-message").evaluate_all(script)
    return found


def wait_until(page: Page, script: str, argument: Any = None) -> None:
    """Waits until the script returns a true value in the page."""
    page.wait_for_function(script, arg=argument, timeout=20_000)


def names(prefix: str = "user") -> Iterator[str]:
    """Usernames that no other test of this server uses. All have three digits: none is a prefix of another."""
    number = 100
    while True:
        yield f"{prefix}{number}"
        number += 1
