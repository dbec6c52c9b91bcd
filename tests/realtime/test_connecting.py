"""What happens while a connection is being accepted: it is known already, and not yet connected."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from flask import Flask

from chatapp.errors import NotSignedIn
from chatapp.journal import StoredMessage
from chatapp.realtime.dispatcher import Dispatcher
from tests.conftest import Browser


class Arrivals:
    """An application with sockets, whose people connect in this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.app.test_client_class = Browser
        self.hub: Dispatcher = app.extensions["chatapp.dispatcher"]

    def sign_in(self, name: str) -> tuple[Browser, str]:
        browser: Any = self.app.test_client()
        return browser, browser.post("/login", json={"username": name}).headers["auth-token"]

    def connect(self, token: str) -> Any:
        sockets: Any = self.app.extensions["socketio"]
        return sockets.test_client(self.app, namespace="/chat", query_string=f"?token={token}")


@pytest.fixture
def arrivals(make_app: Callable[..., Flask]) -> Arrivals:
    return Arrivals(make_app(sockets=True))


def test_a_session_that_ends_while_its_connection_is_accepted_is_refused(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice is heard when the connection is known: it is told to go, and cannot yet. The database was asked just
    before."""
    browser, token = arrivals.sign_in("alice")
    enter = arrivals.hub._enter_conversations

    def sign_out_and_enter(*args: Any) -> Any:
        assert browser.post("/logout").status_code == 200
        return enter(*args)

    monkeypatch.setattr(arrivals.hub, "_enter_conversations", sign_out_and_enter)
    monkeypatch.setattr("chatapp.realtime.dispatcher.ended_among", lambda _ids: set())
    _expect_refused(arrivals, token)


def test_a_session_that_ended_before_the_connection_was_known_is_refused(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice found nothing to close."""
    browser, token = arrivals.sign_in("alice")
    add = arrivals.hub.connections.add

    def sign_out_and_add(*args: Any) -> bool:
        assert browser.post("/logout").status_code == 200
        return add(*args)

    monkeypatch.setattr(arrivals.hub.connections, "add", sign_out_and_add)
    _expect_refused(arrivals, token)


def test_whoever_is_refused_has_not_arrived(arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while it is being accepted, nor until Socket.IO has let go of it: its conversations may not be hosted."""
    hub = arrivals.hub
    manager = hub._server.manager
    seen: list[bool] = []

    def refuse(*_args: Any) -> None:
        seen.append(hub._has_arrived(("alice",)))
        raise NotSignedIn("You were signed out.")

    def disconnect(*args: Any, **kwargs: Any) -> None:
        seen.append(hub._has_arrived(("alice",)))
        release(*args, **kwargs)

    release = manager.disconnect
    monkeypatch.setattr(hub, "_require_session", refuse)
    monkeypatch.setattr(manager, "disconnect", disconnect)
    _expect_refused(arrivals, arrivals.sign_in("alice")[1])
    assert seen == [False, False]
    monkeypatch.undo()
    tab = arrivals.connect(arrivals.sign_in("alice")[1])
    assert hub._has_arrived(("bob", "alice"))
    assert not hub._has_arrived(("bob",))
    tab.disconnect(namespace="/chat")


@pytest.mark.parametrize(
    ("open_tabs", "arriving"), [(("alice",), "alice"), (("alice",), "bob"), (("bob",), "bob"), (("bob",), "alice")]
)
def test_the_first_message_comes_to_an_open_tab_while_another_arrives(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch, open_tabs: tuple[str, ...], arriving: str
) -> None:
    alice, _ = arrivals.sign_in("alice")
    tabs = [arrivals.connect(arrivals.sign_in(name)[1]) for name in open_tabs]
    token = arrivals.sign_in(arriving)[1]
    late: list[Any] = []
    stored = arrivals.hub.fan_out.stored

    def arrive_and_send(message: StoredMessage) -> None:
        # It is committed, and nobody has been sent it.
        late.append(arrivals.connect(token))
        stored(message)

    is_written: Future[None] = Future()
    is_written.set_result(None)
    # The journal is what calls this here: it cannot be waited for.
    monkeypatch.setattr(arrivals.hub.presence, "changed", lambda _user_id: is_written)
    monkeypatch.setattr(arrivals.hub.fan_out, "stored", arrive_and_send)
    assert alice.post("/messages", json={"receiver": "bob", "content": "first"}).status_code == 200
    assert [one.is_connected("/chat") for one in late] == [True]
    for tab in tabs:
        assert _contents(tab) == ["first"]
    for tab in [*tabs, *late]:
        tab.disconnect(namespace="/chat")


def _expect_refused(arrivals: Arrivals, token: str) -> None:
    socket = arrivals.connect(token)
    assert not socket.is_connected("/chat")
    assert arrivals.hub.connections.all() == []
    assert arrivals.hub._arriving == {}


def _contents(socket: Any) -> list[str]:
    events = [one for one in socket.get_received("/chat") if one["name"] == "response"]
    return [one["args"][0]["response"]["content"] for one in events]
