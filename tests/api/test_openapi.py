"""/openapi.json and /docs: the document is valid, complete, and matches the responses."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from tests.conftest import DAVES_PASSWORD, Browser

Browse = Callable[[str | None], Browser]
UNDOCUMENTED = {"/healthz", "/metrics", "/readyz", "/openapi.json", "/docs", "/oidc/<name>/callback"}
"""Routes that are not part of the API: health checks, documentation, and the pages of the web client and of sign-in."""


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/openapi.json")
    assert answer.status_code == 200
    description: dict[str, Any] = answer.get_json()
    return description


def check(spec: dict[str, Any], method: str, path: str, answer: TestResponse) -> None:
    """Asserts that the document allows this response for the operation."""
    responses = spec["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, f"{method} {path} is not said to answer {answer.status_code}"
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": spec["components"]}).validate(answer.get_json())


def test_the_document_is_valid_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(spec).iter_errors()) == []


def test_the_document_lists_every_route_and_no_other(app: Flask, spec: dict[str, Any]) -> None:
    documented = {(path, method.upper()) for path, methods in spec["paths"].items() for method in methods}
    existing = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/web/") and not rule.endpoint.startswith("web.") and rule.rule not in UNDOCUMENTED
    }
    assert documented == existing
    assert len(existing) == 134


def test_operation_ids_are_unique(spec: dict[str, Any]) -> None:
    names = [operation["operationId"] for methods in spec["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)


def test_a_path_lists_its_parameters_in_order(spec: dict[str, Any]) -> None:
    for path, methods in spec["paths"].items():
        for operation in methods.values():
            named = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
            assert named == re.findall(r"\{(\w+)\}", path)


def test_routes_without_a_session_are_documented_as_open(spec: dict[str, Any]) -> None:
    is_open = {
        path for path, methods in spec["paths"].items() for operation in methods.values() if not operation["security"]
    }
    passkeys = {"/passkeys/join/options", "/passkeys/sign-in", "/passkeys/sign-in/options"}
    email = {"/email/confirm", "/email/unsubscribe", "/forgot"}
    joining = {"/invite", "/join", "/setup"}
    assert is_open == {"/login", "/oidc/{name}/start", "/reset", "/users", *joining, *email, *passkeys}


def test_responses_match_the_document(
    app: Flask, spec: dict[str, Any], browse: Browse, newcomers: Callable[[int], list[str]]
) -> None:
    anna, ben = newcomers(2)
    browser = browse(None)
    check(spec, "post", "/login", browser.post("/login", json={"username": anna}))
    check(spec, "get", "/loggedIn", browser.get("/loggedIn"))
    check(spec, "get", "/users", browser.get("/users"))
    made = browser.post("/group", json={"groupName": "Lunch", "users": [{"username": ben}]})
    check(spec, "post", "/group", made)
    group_id = made.get_json()["newGroup"]["groupId"]
    client_id = "0b3f8b2e-56a5-4f4e-9d7c-0a8f3f0e7a11"
    for body in ({"receiver": ben}, {"receiver": group_id, "group": True, "clientId": client_id}):
        check(spec, "post", "/messages", browser.post("/messages", json={"content": "x", **body}))
    check(spec, "get", "/messages/{sender}/{receiver}", browser.get(f"/messages/{anna}/{group_id}?group=yes"))
    check(spec, "get", "/all/{username}", browser.get(f"/all/{anna}"))
    check(spec, "get", "/conversations", browser.get("/conversations"))
    browser.patch(f"/group/{group_id}", json={"isPublic": True})
    asked = "/passkeys/sign-in/options"
    check(spec, "post", asked, browser.post(asked))
    check(spec, "post", "/passkeys/options", browser.post("/passkeys/options", json={}))
    check(spec, "get", "/passkeys", browser.get("/passkeys"))
    check(spec, "get", "/second-factor", browser.get("/second-factor"))
    check(spec, "post", "/second-factor", browser.post("/second-factor", json={}))
    check(spec, "get", "/groups/public", browser.get("/groups/public?name=lunch&limit=1"))
    check(spec, "get", "/groups/public/{group_id}", browser.get(f"/groups/public/{group_id}"))
    check(spec, "post", "/groups/public/{group_id}/join", browser.post(f"/groups/public/{group_id}/join"))
    check(spec, "post", "/logout", browser.post("/logout"))


def test_refusals_match_the_document(app: Flask, spec: dict[str, Any], browse: Browse) -> None:
    alice, nobody = browse("alice"), browse(None)
    history = "/messages/{sender}/{receiver}"
    refused = [
        ("post", "/login", nobody.post("/login", json={"username": "nobody"}), 401),
        ("post", "/login", nobody.post("/login", json=[]), 400),
        ("post", "/login", nobody.post("/login", json={}), 422),
        ("get", "/loggedIn", nobody.get("/loggedIn"), 401),
        ("get", "/conversations", nobody.get("/conversations"), 401),
        ("get", "/all/{username}", alice.get("/all/bob"), 403),
        ("get", history, alice.get("/messages/bob/alice"), 403),
        ("get", history, alice.get("/messages/alice/nobody"), 404),
        ("get", history, alice.get("/messages/alice/bob?limit=0"), 422),
        ("post", "/group", alice.post("/group", json={"groupName": "x", "users": [{"username": "nobody"}]}), 404),
        ("post", "/group", alice.post("/group", json={"groupName": ""}), 422),
        ("post", "/group", alice.post("/group", data=b"{"), 400),
        ("post", "/group", alice.post("/group", json={}, headers={"X-XSRF-TOKEN": "x"}), 403),
        ("post", "/messages", alice.post("/messages", json={"receiver": "nobody", "content": "x"}), 404),
        ("post", "/messages", alice.post("/messages", json={"receiver": "bob", "content": "x", "sender": "bob"}), 403),
        ("post", "/messages", alice.post("/messages", json={}), 422),
        ("get", "/groups/public", alice.get("/groups/public?limit=0"), 422),
        ("get", "/groups/public/{group_id}", alice.get("/groups/public/0"), 404),
        ("post", "/groups/public/{group_id}/join", alice.post("/groups/public/0/join"), 404),
        ("post", "/logout", alice.post("/logout", headers={"X-XSRF-TOKEN": "x"}), 403),
    ]
    for method, path, answer, status in refused:
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        check(spec, method, path, answer)


def test_a_429_matches_the_document(password_app: Flask, spec: dict[str, Any]) -> None:
    from tests.api.test_login_limit import LIMIT, attempt

    answers = [attempt(password_app, "dave", "192.0.2.1") for _ in range(LIMIT)]
    answers.append(attempt(password_app, "dave", "192.0.2.1", password=DAVES_PASSWORD))
    assert answers[-1].status_code == 429
    for answer in answers:
        check(spec, "post", "/login", answer)


def test_the_schemas_reject_a_wrong_response(spec: dict[str, Any]) -> None:
    schema = spec["components"]["schemas"]["MessageShape"]
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    assert not validator.is_valid({"sender": "alice"})


def test_the_page_shows_every_route_and_loads_nothing_from_other_hosts(app: Flask, spec: dict[str, Any]) -> None:
    answer = app.test_client().get("/docs")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    for path, methods in spec["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in answer.text
    assert _Sources.of(answer.text) <= {"openapi.json"}


class _Sources(HTMLParser):
    """Collects the links of a page, and refuses inline code that its content security policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    @classmethod
    def of(cls, page: str) -> set[str]:
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "style", "iframe"), tag
        assert "style" not in dict(attrs), tag
        self.found |= {value or "" for name, value in attrs if name in ("src", "href", "action")}
