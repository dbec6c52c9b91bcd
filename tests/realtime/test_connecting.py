"""Events during the acceptance of a connection, when it is registered but not yet connected."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from flask import Flask

from chatapp.errors import NotSignedIn
from chatapp.journal import StoredMessage
from chatapp.realtime.dispatcher import Dispatcher
from tests.conftest import Browser


class Application:
    """An application with sockets, and clients that connect in this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.app.test_client_class = Browser
        self.dispatcher: Dispatcher = app.extensions["chatapp.dispatcher"]

    def sign_in(self, name: str) -> tuple[Browser, str]:
        browser: Any = self.app.test_client()
        return browser, browser.post("/login", json={"username": name}).headers["auth-token"]

    def connect(self, token: str) -> Any:
        sockets: Any = self.app.extensions["socketio"]
        return sockets.test_client(self.app, namespace="/chat", query_string=f"?token={token}")


@pytest.fixture
def application(make_app: Callable[..., Flask]) -> Application:
    return Application(make_app(sockets=True))


def test_a_connection_whose_session_ends_during_acceptance_is_rejected(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice arrives when the connection is registered but cannot be closed yet. The session was checked in the
    database just before."""
    browser, token = application.sign_in("alice")
    enter = application.dispatcher._enter_conversations

    def sign_out_and_enter(*args: Any) -> Any:
        assert browser.post("/logout").status_code == 200
        return enter(*args)

    monkeypatch.setattr(application.dispatcher, "_enter_conversations", sign_out_and_enter)
    monkeypatch.setattr("chatapp.realtime.dispatcher.revoked_among", lambda _ids: set())
    _assert_rejected(application, token)


def test_a_connection_whose_session_ended_before_it_was_registered_is_rejected(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice arrives before there is a connection to close."""
    browser, token = application.sign_in("alice")
    add = application.dispatcher.connections.add

    def sign_out_and_add(*args: Any) -> bool:
        assert browser.post("/logout").status_code == 200
        return add(*args)

    monkeypatch.setattr(application.dispatcher.connections, "add", sign_out_and_add)
    _assert_rejected(application, token)


def test_a_rejected_connection_does_not_count_as_present(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not count during its acceptance or until Socket.IO removes it: its conversations may not be started."""
    dispatcher = application.dispatcher
    manager = dispatcher._server.manager
    seen: list[bool] = []

    def reject(*_args: Any) -> None:
        seen.append(dispatcher._has_accepted_connection(("alice",)))
        raise NotSignedIn("You were signed out.")

    def disconnect(*args: Any, **kwargs: Any) -> None:
        seen.append(dispatcher._has_accepted_connection(("alice",)))
        release(*args, **kwargs)

    release = manager.disconnect
    monkeypatch.setattr(dispatcher, "_require_session", reject)
    monkeypatch.setattr(manager, "disconnect", disconnect)
    _assert_rejected(application, application.sign_in("alice")[1])
    assert seen == [False, False]
    monkeypatch.undo()
    tab = application.connect(application.sign_in("alice")[1])
    assert dispatcher._has_accepted_connection(("bob", "alice"))
    assert not dispatcher._has_accepted_connection(("bob",))
    tab.disconnect(namespace="/chat")


@pytest.mark.parametrize(
    ("open_tabs", "connecting"), [(("alice",), "alice"), (("alice",), "bob"), (("bob",), "bob"), (("bob",), "alice")]
)
def test_an_open_tab_receives_a_first_message_stored_while_another_tab_connects(
    application: Application, monkeypatch: pytest.MonkeyPatch, open_tabs: tuple[str, ...], connecting: str
) -> None:
    alice, _ = application.sign_in("alice")
    tabs = [application.connect(application.sign_in(name)[1]) for name in open_tabs]
    token = application.sign_in(connecting)[1]
    late: list[Any] = []
    send_message = application.dispatcher.fan_out.send_message

    def connect_and_send(message: StoredMessage) -> None:
        # The message is committed but has not been sent to anybody.
        late.append(application.connect(token))
        send_message(message)

    is_written: Future[None] = Future()
    is_written.set_result(None)
    # The journal calls this, so waiting for a write of the journal would deadlock.
    monkeypatch.setattr(application.dispatcher.presence, "changed", lambda _user_id: is_written)
    monkeypatch.setattr(application.dispatcher.fan_out, "send_message", connect_and_send)
    assert alice.post("/messages", json={"receiver": "bob", "content": "first"}).status_code == 200
    assert [one.is_connected("/chat") for one in late] == [True]
    for tab in tabs:
        assert _contents(tab) == ["first"]
    for tab in [*tabs, *late]:
        tab.disconnect(namespace="/chat")


def _assert_rejected(application: Application, token: str) -> None:
    socket = application.connect(token)
    assert not socket.is_connected("/chat")
    assert application.dispatcher.connections.all() == []
    assert application.dispatcher._connecting == {}


def _contents(socket: Any) -> list[str]:
    events = [one for one in socket.get_received("/chat") if one["name"] == "response"]
    return [one["args"][0]["response"]["content"] for one in events]
