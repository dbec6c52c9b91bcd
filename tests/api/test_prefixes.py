"""All routes answer under every configured prefix."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
READING = ["/users", "/loggedIn", "/all/alice", "/messages/alice/bob", "/conversations"]


@pytest.mark.parametrize("path", READING)
def test_both_prefixes_give_the_same_responses(browse: Browse, path: str) -> None:
    alice = browse("alice")
    plain, web = alice.get(path), alice.get("/web" + path)
    assert plain.status_code == web.status_code == 200
    assert plain.get_json() == web.get_json()


@pytest.mark.parametrize("path", READING)
def test_both_prefixes_give_the_same_refusals(app: Flask, path: str) -> None:
    plain, web = app.test_client().get(path), app.test_client().get("/web" + path)
    assert (plain.status_code, plain.data) == (web.status_code, web.data)


def test_a_session_of_one_prefix_is_valid_under_the_other(app: Flask, browse: Browse) -> None:
    alice = browse(None)
    assert alice.post("/web/login", json={"username": "alice"}).status_code == 200
    assert alice.post("/messages", json={"receiver": "alice", "content": "x"}).status_code == 200
    assert alice.post("/web/messages", json={"receiver": "alice", "content": "y"}).status_code == 200
    assert alice.post("/web/group", json={"groupName": "x"}).status_code == 200
    assert alice.post("/web/logout").status_code == 200
    refusal(alice.get("/loggedIn"), 401, "not_signed_in")


@pytest.mark.parametrize("prefix", ["/api", "/v1.0", "/a/b", "/web-2", "/~chat"])
def test_configured_prefixes_replace_the_defaults(make_app: Callable[..., Flask], prefix: str) -> None:
    client = make_app(api_prefixes=prefix).test_client()
    assert client.post(prefix + "/login", json={"username": "alice"}).status_code == 200
    assert client.get(prefix + "/loggedIn").get_json()["username"] == "alice"
    for path in ("/users", "/web/users"):
        refusal(client.get(path), 404, "not_found")
    assert client.get("/healthz").status_code == 200
    assert f"{prefix}/users" in client.get("/openapi.json").get_json()["paths"]


def test_prefixes_that_differ_only_in_a_separator_are_distinct(make_app: Callable[..., Flask]) -> None:
    client = make_app(api_prefixes="/a/b,/a_b,a.b/,/a/b").test_client()
    for prefix in ("/a/b", "/a_b", "/a.b"):
        assert client.get(prefix + "/users").status_code == 200
