"""A browser that is subscribed to notifications: its service worker is given what the push service of the tests has
received. No other is in reach of the tests, so that `subscribe` is a stand-in: it answers with a subscription there."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Playwright, Worker, expect

from tests import people
from tests.push_service import PushBrowser, PushService, push_service
from tests.web.browser import FLAGS, full_chromium_path
from tests.web.people import Person, wait_connected
from tests.web.server import Server

SHOWN = """() => registration.getNotifications().then((all) =>
    all.map(({ title, body, tag, data, silent, renotify }) =>
        ({ title, body, tag, messageId: data?.messageId, silent, renotify })))"""
CLICK = """async () => {
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""
"""Not as a person's click, so that the worker may neither open nor raise a window."""

SUBSCRIBE = """(subscription) => {
    if (location.protocol === "about:") return;
    window.isSubscribed = sessionStorage.getItem("subscribed") === "yes";
    const made = { ...subscription, options: {}, toJSON: () => subscription, unsubscribe: async () => keep(false) };
    const keep = (is) => { isSubscribed = is; sessionStorage.setItem("subscribed", is ? "yes" : "no"); return true; };
    PushManager.prototype.getSubscription = async () => (isSubscribed ? made : null);
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
        const text = atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/"));
        made.options.applicationServerKey = Uint8Array.from(text, (one) => one.charCodeAt(0)).buffer;
        keep(true);
        return made;
    };
}"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as started:
        yield started


@pytest.fixture(scope="module")
def server(make_server: Callable[..., Server], service: PushService) -> Server:
    return make_server(users=60, PUSH_ORIGINS=service.origin)


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=full_chromium_path(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    return (f"user{number}" for number in range(60))


PATIENCE_SECONDS = 60
"""A whole Chromium beside other tests is slow."""


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    people.wait_until(is_true, what, PATIENCE_SECONDS)


class Phone:
    """A person's browser with a service worker, which is given what the push service of the tests has received."""

    def __init__(self, person: Person, service: PushService) -> None:
        self.person = person
        self.service = service
        self.keys = PushBrowser()
        self.path = f"/{person.username}"
        self.page: Page = person.context.new_page()
        body = {**self.keys.body(service.origin + self.path), "expirationTime": None}
        self.page.add_init_script(f"({SUBSCRIBE})({json.dumps(body)})")
        self.page.goto(person.server.url)
        wait_connected(self.page)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self._control: CDPSession = person.context.new_cdp_session(self.page)
        self._control.send("ServiceWorker.enable")

    @property
    def worker(self) -> Worker:
        return self.person.context.service_workers[0]

    @property
    def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.worker.evaluate(SHOWN)
        return found

    def leave(self) -> None:
        """Closes the page, so that nobody looks at it."""
        self.page.goto("about:blank")

    def give(self, said: dict[str, Any]) -> None:
        origin = self.person.server.url.rstrip("/")
        order = {"origin": origin, "registrationId": "0", "data": json.dumps(said)}
        self._control.send("ServiceWorker.deliverPushMessage", order)

    def get(self, count: int) -> dict[str, Any]:
        """Gives the worker the message with this number that the push service has received for this browser."""

        def received() -> list[Any]:
            return [one for one in list(self.service.received) if one.path == self.path]

        wait_until(lambda: len(received()) >= count, f"{count} messages at the push service")
        said = self.keys.read(received()[count - 1])
        self.give(said)
        return said

    def wait_for_shown(self, *bodies: str) -> list[dict[str, Any]]:
        wait_until(lambda: [one["body"] for one in self.shown] == list(bodies), f"{bodies} is shown")
        return self.shown


@pytest.fixture
def new_phone(new_person: Callable[..., Person], service: PushService) -> Callable[[], Phone]:
    return lambda: Phone(new_person(permissions=["notifications"], service_workers="allow"), service)


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Notifications").click()
    expect(page.get_by_label("Notifications")).to_be_checked()
    page.get_by_role("button", name="Notifications: details and test").click()
    expect(page.get_by_text("Notifications come to this device now.")).to_be_visible()
    page.keyboard.press("Escape")


def open_notifications(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Notifications: details and test").click()


def message(message_id: str, body: str, unread: int = 1) -> dict[str, Any]:
    return {"kind": "message", "messageId": message_id, "title": "Bob", "body": body, "unread": unread}
