"""A person's browser that is subscribed to notifications."""

import itertools
import time
from typing import Any

from tests.people import Person, wait_until
from tests.push_service import PushBrowser, PushService, Received

_numbers = itertools.count(1)

SILENCE_SECONDS = 5.0
"""After which a notification would have come: two and a half in which it may be read, and the rest for the job."""


class Device:
    def __init__(self, person: Person, service: PushService, **more: Any) -> None:
        self.person = person
        self.service = service
        self.browser = PushBrowser()
        self.path = f"/{person.username}/{next(_numbers)}"
        # A browser subscribes with the server's key. The first who asks for it has it made.
        assert ask(person, "GET", "/push").json()["publicKey"]
        answer = ask(person, "PUT", "/push/subscription", self.browser.body(service.origin + self.path, **more))
        assert answer.status_code == 200, answer.text

    @property
    def requests(self) -> list[Received]:
        return [one for one in list(self.service.received) if one.path == self.path]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [self.browser.read(one) for one in self.requests]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """All messages, once they are so many."""
        wait_until(lambda: len(self.requests) >= count, f"{count} notifications for {self.person.username}")
        return self.messages


def ask(person: Person, method: str, path: str, body: Any = None) -> Any:
    headers = {"X-XSRF-TOKEN": person.http.cookies.get("XSRF-TOKEN", "")}
    return person.http.request(method, person.server.http + path, json=body, headers=headers)


def silence(*devices: Device) -> None:
    """Waits until a notification would have come."""
    time.sleep(SILENCE_SECONDS)
    assert [one.messages for one in devices] == [[] for _ in devices]
