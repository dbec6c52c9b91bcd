"""People who send files to each other, through Flask's test client."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
TEXT = b"0123456789"


def sign_in(app: Flask, name: str) -> Browser:
    """A browser of somebody who is signed in by name."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    assert client.post("/login", json={"username": name}).status_code == 200
    return client


def send(browser: Browser, receiver: str, *files: dict[str, Any] | str, **values: Any) -> Any:
    named = [{"uploadId": file} if isinstance(file, str) else file for file in files]
    return browser.post("/messages", json={"receiver": receiver, "content": "", "files": named, **values})


def sent(browser: Browser, receiver: str, *files: dict[str, Any] | str, **values: Any) -> dict[str, Any]:
    answer = send(browser, receiver, *files, **values)
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.get_json()["response"]
    return message


def error_of(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.get_json()["error"]
    return found


@pytest.fixture
def pair(browse: Browse, newcomers: Newcomers) -> tuple[Browser, Browser, str, str]:
    """Two new people: their browsers and their names."""
    anna, ben = newcomers(2)
    return browse(anna), browse(ben), anna, ben


Pair = tuple[Browser, Browser, str, str]
