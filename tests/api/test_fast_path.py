"""The fast path answers exactly as Flask does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from chatapp.actions.accounts import NewUser, add_users
from chatapp.api import messages as views
from chatapp.api.fast_path import FastPath
from chatapp.api.request_log import RequestLog
from chatapp.errors import NotFound
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
MakeGroup = Callable[..., str]
Answer = tuple[str, dict[str, str], bytes]


class BothPaths:
    """One application, called through the fast path and through Flask alone."""

    def __init__(self, app: Flask) -> None:
        assert isinstance(app.wsgi_app, RequestLog)
        direct = app.wsgi_app.application
        assert isinstance(direct, FastPath)
        self.direct: Any = direct
        self.flask: Any = direct._flask

    def answers(self, path: str, **request: Any) -> tuple[Answer, Answer]:
        """Returns the response of the fast path and that of Flask."""
        return ask(self.direct, path, **request), ask(self.flask, path, **request)


def ask(application: Any, path: str, **request: Any) -> Answer:
    environ = EnvironBuilder(path, **request).get_environ()
    body, status, headers = run_wsgi_app(application, environ)
    return status, dict(headers), b"".join(body)


@pytest.fixture
def both(app: Flask) -> BothPaths:
    return BothPaths(app)


@pytest.fixture
def token(browse: Browse) -> str:
    return token_of(browse, "alice")


def token_of(browse: Browse, username: str) -> str:
    found: str = browse(None).post("/login", json={"username": username}).headers["auth-token"]
    return found


@pytest.fixture
def group(browse: Browse, make_group: MakeGroup) -> str:
    """A public group with three messages of two members."""
    made = make_group("alice", "bob")
    for username in ("alice", "bob", "alice"):
        message = {"receiver": made, "group": True, "content": f"„{username}“\n says 你好"}
        assert browse(username).post("/messages", json=message).status_code == 200
    assert browse("alice").patch(f"/group/{made}", json={"isPublic": True}).status_code == 200
    return made


PATHS = [
    "/messages/alice/{group}?group=yes",
    "/web/messages/alice/{group}?group=yes&limit=2",
    "/messages/alice/{group}?group=yes&before=3&limit=1",
    "/messages/alice/{group}?group=yes&after=1",
    "/messages/alice/bob",
    "/messages/alice/carol?group=no",
    "/conversations",
    "/all/alice",
    "/group/{group}",
    "/message/{group}-1/versions",
    "/message/{group}-1/reactions",
    "/pinned/{group}?group=yes",
    "/settings",
    "/search?q=says",
    "/receipts?receiver={group}&group=yes&sequence=1",
    "/groups/public?name=gr%C3%B6&limit=2",
    "/groups/public/{group}",
    "/sync?group={group}:1:0",
    "/saved",
    "/scheduled",
    "/threads",
    "/sessions",
    "/blocks",
    "/passkeys",
    "/second-factor",
    "/profile",
    "/email",
    "/push",
    "/uploads",
    "/files/{group}?group=yes",
]


def test_every_read_that_needs_nothing_of_flasks_request_is_tried(app: Flask) -> None:
    found = {
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if (declared := getattr(app.view_functions[rule.endpoint], "operation", None)) is not None
        if "GET" in (rule.methods or ()) and not declared.needs_flask and not rule.rule.startswith("/web/")
    }
    # What is for administrators is tried in test_administration.py.
    assert found - {"admin"} == {path.split("/")[1].partition("?")[0] for path in PATHS} - {"web"}


@pytest.mark.parametrize("path", PATHS)
def test_reads_are_answered_by_the_fast_path(
    both: BothPaths, app: Flask, token: str, group: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "full_dispatch_request", lambda: pytest.fail("The fast path did not answer"))
    status, _, body = ask(both.direct, path.format(group=group), headers={"auth-token": token})
    assert (status, body[:1]) in (("200 OK", b"["), ("200 OK", b"{"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", PATHS)
def test_the_fast_path_answers_the_same_bytes_as_flask(
    both: BothPaths, token: str, group: str, path: str, scheme: str
) -> None:
    request = {"headers": {"auth-token": token}, "base_url": f"{scheme}://localhost"}
    direct, flask = both.answers(path.format(group=group), **request)
    assert direct == flask
    assert ("Strict-Transport-Security" in direct[1]) is (scheme == "https")


def test_the_fast_path_accepts_the_token_from_header_and_cookie(both: BothPaths, token: str) -> None:
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"theme=dark; chatToken={token}; last=1"}):
        direct, flask = both.answers("/conversations", headers=headers)
        assert direct == flask
        assert direct[0] == "200 OK"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/messages/bob/{group}?group=yes", 403),
        ("/messages/alice/999999?group=yes", 404),
        ("/messages/alice/nobody", 404),
        ("/messages/alice/%00", 404),
        ("/messages/alice/%FF", 404),
        ("/messages/alice/{group}?group=maybe", 422),
        ("/messages/alice/{group}?group=yes&limit=0", 422),
        ("/messages/alice/{group}?group=yes&before=x", 422),
        ("/messages/alice/a%2Fb", 404),
        ("/messages/alice/", 404),
        ("/messages//alice/bob", 308),
        ("/messages/alice/bob/", 404),
        ("/all/bob", 403),
    ],
)
def test_refusals_are_answered_by_flask(both: BothPaths, token: str, group: str, path: str, status: int) -> None:
    direct, flask = both.answers(path.format(group=group), headers={"auth-token": token})
    assert direct == flask
    assert direct[0].startswith(str(status))


@pytest.mark.parametrize("headers", [{}, {"auth-token": "x"}, {"Cookie": "chatToken=x"}])
def test_a_request_without_a_valid_session_is_401(both: BothPaths, headers: dict[str, str]) -> None:
    for path in ("/conversations", "/messages/alice/bob", "/messages/alice/bob?group=maybe"):
        direct, flask = both.answers(path, headers=headers)
        assert direct == flask
        assert direct[0].startswith("401")


def test_a_cookie_that_is_not_text_is_401(both: BothPaths) -> None:
    direct, flask = both.answers("/conversations", environ_overrides={"HTTP_COOKIE": "chatToken=\xff\xfe"})
    assert direct == flask
    assert direct[0].startswith("401")


@pytest.mark.parametrize("scheme", ["HTTPS", "ftp", ""])
def test_a_request_with_an_unknown_scheme_is_answered_by_flask(both: BothPaths, token: str, scheme: str) -> None:
    request = {"headers": {"auth-token": token}, "environ_overrides": {"wsgi.url_scheme": scheme}}
    direct, flask = both.answers("/conversations", **request)
    assert direct == flask


def test_a_refused_request_runs_its_view_once(both: BothPaths, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def refuse(*_args: Any) -> None:
        tries.append("once")
        raise NotFound("There is no such group.")

    monkeypatch.setattr(views.messages, "history", refuse)
    assert ask(both.direct, "/messages/alice/bob", headers={"auth-token": token})[0].startswith("404")
    assert tries == ["once"]


def test_a_session_that_ended_is_401_on_the_fast_path(both: BothPaths, browse: Browse) -> None:
    browser = browse(None)
    token = browser.post("/login", json={"username": "carol"}).headers["auth-token"]
    assert ask(both.direct, "/conversations", headers={"auth-token": token})[0] == "200 OK"
    assert browser.post("/logout", headers={"auth-token": token}).status_code == 200
    assert ask(both.direct, "/conversations", headers={"auth-token": token})[0].startswith("401")


def test_names_in_paths_are_decoded_like_in_flask(
    both: BothPaths, app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_users(app.extensions["chatapp.journal"], [NewUser("王小明", "小明")])
    token = {"auth-token": token_of(browse, "王小明")}
    paths = ("/all/王小明", "/messages/王小明/alice", "/messages/%E7%8E%8B%E5%B0%8F%E6%98%8E/alice")
    flask = [ask(both.flask, path, headers=token) for path in paths]
    monkeypatch.setattr(app, "full_dispatch_request", lambda: pytest.fail("The fast path did not answer"))
    direct = [ask(both.direct, path, headers=token) for path in paths]
    assert direct == flask
    assert {status for status, _, _ in direct} == {"200 OK"}


def test_the_first_of_two_query_values_counts(both: BothPaths, token: str, group: str) -> None:
    path = f"/messages/alice/{group}?group=yes&limit=1&limit=3&group=no"
    direct, flask = both.answers(path, headers={"auth-token": token})
    assert direct == flask
    assert direct[2].count(b"messageId") == 1


@pytest.mark.parametrize("origin", ["http://localhost:4200", "https://elsewhere.example"])
def test_requests_with_an_origin_are_answered_by_flask(both: BothPaths, token: str, origin: str) -> None:
    direct, flask = both.answers("/conversations", headers={"auth-token": token, "Origin": origin})
    assert direct == flask
    assert ("Access-Control-Allow-Origin" in direct[1]) is ("localhost" in origin)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE"])
def test_other_methods_are_answered_by_flask(both: BothPaths, token: str, method: str) -> None:
    direct, flask = both.answers("/conversations", method=method, headers={"auth-token": token})
    assert direct == flask


def test_a_server_error_is_answered_and_logged_once(
    both: BothPaths, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any) -> None:
        raise LookupError("the secret of the fault")

    monkeypatch.setattr(views.messages, "history", fail)
    status, _, body = ask(both.direct, "/messages/alice/bob", headers={"auth-token": token})
    assert status.startswith("500")
    assert b"secret" not in body
    assert caplog.text.count("An HTTP request failed") == 1
