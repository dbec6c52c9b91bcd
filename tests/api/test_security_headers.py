"""Every response carries the security headers: each route, and each kind of refusal."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from chatapp.web.views import library
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SCHEMES = ("http", "https")


def require_headers(answer: TestResponse, scheme: str) -> None:
    place = f"{answer.request.method} {answer.request.path}: {answer.status}"
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value], f"{place} {name}"
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; "), place
    assert "frame-ancestors 'none'" in policy, place
    assert "unsafe" not in policy, place
    (permissions,) = answer.headers.getlist("Permissions-Policy")
    assert "microphone=(self)" in permissions.split(", "), f"{place}: voice messages"
    for feature in ("camera", "geolocation", "payment", "usb", "clipboard-read"):
        assert f"{feature}=()" in permissions.split(", "), place
    assert len(answer.headers.getlist("Strict-Transport-Security")) == (scheme == "https"), place
    if answer.mimetype == "application/json":
        assert "Cache-Control" in answer.headers, place


def paths_of(app: Flask) -> set[str]:
    """The address of each rule, with an existing value in the place of each variable that has to exist."""
    with app.test_request_context():
        values = {"version": library().version, "name": "css/first.css", "sender": "alice", "username": "alice"}
    return {_path(rule, values) for rule in app.url_map.iter_rules()}


def _path(rule: Rule, values: dict[str, str]) -> str:
    built = rule.build({name: values.get(name, "bob") for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


@pytest.mark.slow
@pytest.mark.parametrize(("username", "scheme"), [("alice", "https"), (None, "http")])
def test_every_route_answers_every_method_with_the_security_headers(
    app: Flask, browse: Browse, username: str | None, scheme: str
) -> None:
    paths = paths_of(app)
    assert len(paths) > 80
    statuses = set()
    for path in sorted(paths, key=lambda path: (path.endswith("logout"), path)):
        browser = browse(username)
        for method in METHODS:
            answer = browser.open(path, method=method, base_url=f"{scheme}://localhost")
            require_headers(answer, scheme)
            if username and answer.status_code == 401:
                # An earlier request has ended the session.
                browser = browse(username)
                answer = browser.open(path, method=method, base_url=f"{scheme}://localhost")
                require_headers(answer, scheme)
            statuses.add(answer.status_code)
    assert statuses >= ({200, 400, 404, 405} if username else {200, 400, 401, 405})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/messages//alice/bob", 308),
        ("GET", "/assets/x/nothing.js", 404),
        ("POST", "/login", 413),
        ("DELETE", "/login", 405),
    ],
)
def test_what_the_framework_refuses_has_the_security_headers(
    app: Flask, method: str, path: str, status: int, scheme: str
) -> None:
    body = b"x" * 1_000_001 if status == 413 else b""
    answer = app.test_client().open(
        path, method=method, data=body, content_type="application/json", base_url=f"{scheme}://localhost"
    )
    assert answer.status_code == status
    require_headers(answer, scheme)


def test_a_fault_of_the_server_has_the_security_headers(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    app.testing = False
    monkeypatch.setitem(app.view_functions, "health.alive", lambda: 1 // 0)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    require_headers(answer, "http")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_runs_no_inline_script(app: Flask, scheme: str) -> None:
    answer = app.test_client().get("/", base_url=f"{scheme}://localhost")
    require_headers(answer, scheme)
    directives = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["base-uri"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"


def test_an_allowed_origin_reads_what_other_origins_may_not_embed(browse: Browse) -> None:
    answer = browse("alice").get("/conversations", headers={"Origin": "http://localhost:4200"})
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:4200"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
