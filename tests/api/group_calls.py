"""Calls that the tests of groups share."""

from typing import Any

from tests.conftest import Browser


def named(*usernames: str) -> dict[str, Any]:
    return {"users": [{"username": name} for name in usernames]}


def show(browser: Browser, group_id: str) -> dict[str, Any]:
    answer = browser.get(f"/group/{group_id}")
    assert answer.status_code == 200, answer.text
    group: dict[str, Any] = answer.get_json()["group"]
    return group


def say(browser: Browser, group_id: str, content: str) -> Any:
    return browser.post("/messages", json={"receiver": group_id, "group": True, "content": content})
