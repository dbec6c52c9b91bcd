"""Calls that the tests of what is a person's own share."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def say(browser: Browser, receiver: str, *contents: str, group: bool = False) -> None:
    for content in contents:
        answer = browser.post("/messages", json={"receiver": receiver, "group": group, "content": content})
        assert answer.status_code == 200


def listed(browser: Browser) -> dict[str, Any]:
    return {one["receiver"]: one for one in browser.get("/conversations").get_json()["conversations"]}


def sync(browser: Browser, query: str = "") -> Any:
    return browser.get("/sync" + query).get_json()
