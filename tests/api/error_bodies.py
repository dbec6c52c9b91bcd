"""Assertions that hold for every response of the HTTP API."""

from typing import Any

from werkzeug.test import TestResponse


def refusal(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Asserts the shape of a failure and returns its `error`."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    body = answer.get_json()
    assert set(body) == {"success", "response", "error"}
    assert body["success"] is False
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code
    assert body["response"] == error["message"]
    assert error["message"]
    assert isinstance(error["details"], dict)
    return error


def cookies(answer: TestResponse) -> dict[str, dict[str, str]]:
    """Returns the attributes, in lower case, of each cookie that a response sets. `value` is its value."""
    found: dict[str, dict[str, str]] = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *rest = line.split(";")
        name, _, value = first.partition("=")
        attributes = {key.strip().lower(): text for key, _, text in (one.partition("=") for one in rest)}
        found[name] = {"value": value, **attributes}
    return found
