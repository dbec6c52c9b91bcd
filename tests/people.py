"""Users of a real server, each with a cookie jar and a Socket.IO connection."""

import threading
import time
from collections.abc import Callable
from typing import Any

import requests
import socketio

from tests.servers import Server

NAMESPACE = "/chat"
EVENTS = (
    "response",
    "updateDeliveryStatusOnConnection",
    "onlineStatus",
    "profile",
    "usernameChanged",
    "retention",
    "newgrp",
    "receipt",
    "typing",
    "change",
    "token-expired",
)
PATIENCE_SECONDS = 8
CONNECT_SECONDS = 20

NEWCOMERS = 600
"""Number of demo users of a shared server. Each test gets unused ones, so no test sees state of another."""

Cast = Callable[..., list["Person"]]


class Person:
    """A user signed in by name over HTTP. Messages are confirmed as they arrive; without `confirms`, by `confirm`."""

    def __init__(self, server: Server, username: str, password: str | None = None, *, confirms: bool = True) -> None:
        self.server = server
        self.username = username
        self.confirms = confirms
        self.http = requests.Session()
        answer = self.http.post(server.http + "/login", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        self.token = answer.headers["auth-token"]
        self.events: list[tuple[str, Any]] = []
        self.socket: socketio.Client | None = None
        self._changed = threading.Condition()
        self._may_confirm = threading.Event()

    def connect(self, **options: Any) -> "Person":
        """Opens a socket with the token in the handshake's query, as the existing client does."""
        self.socket = socketio.Client(reconnection=False)
        if self.confirms:
            in_order(self.socket)
        for name in EVENTS:
            self.socket.on(name, self._handler(name), namespace=NAMESPACE)
        url = f"{self.server.ws}?token={self.token}"
        self.socket.connect(
            url, namespaces=[NAMESPACE], **{"transports": ["websocket"], "wait_timeout": CONNECT_SECONDS, **options}
        )
        return self

    def confirm(self) -> None:
        """Confirms the messages that have arrived, and those that will."""
        self._may_confirm.set()

    def disconnect(self) -> None:
        if self.socket is not None:
            _wait_for_writer(self.socket)
            self.socket.disconnect()
            # Its writer thread may have missed the disconnect, and would sleep for half a minute.
            self.socket.eio.queue.put(None)
            self.socket.eio.wait()  # client.wait() would wait another second for a reconnection
            self._close_sockets(self.socket)

    @staticmethod
    def _close_sockets(client: socketio.Client) -> None:
        """Closes the client's sockets. The client leaves them open when the server closed the connection."""
        if client.eio.ws is not None:
            client.eio.ws.shutdown()
        if client.eio.http is not None:
            client.eio.http.close()

    def call(self, event: str, payload: Any, timeout: float = PATIENCE_SECONDS) -> Any:
        """Emits an event and returns its ack."""
        assert self.socket is not None
        return self.socket.call(event, payload, namespace=NAMESPACE, timeout=timeout)

    def emit(self, event: str, payload: Any, callback: Callable[..., None] | None = None) -> None:
        assert self.socket is not None
        self.socket.emit(event, payload, namespace=NAMESPACE, callback=callback)

    def say(self, receiver: str, content: str, *, group: bool = False, **extra: Any) -> Any:
        """Sends a message over the socket and returns its ack."""
        event = "groupMessage" if group else "privateMessage"
        return self.call(event, {"sender": self.username, "receiver": receiver, "content": content, **extra})

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.http.get(self.server.http + path, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        """Posts as the browser client does, with the CSRF cookie repeated in its header."""
        headers = {"X-XSRF-TOKEN": self.http.cookies.get("XSRF-TOKEN", "")}
        return self.http.post(self.server.http + path, json=body, headers=headers, **options)

    def make_group(self, name: str, *usernames: str) -> str:
        """Creates a group over HTTP and returns its id."""
        answer = self.post("/group", {"groupName": name, "users": [{"username": one} for one in usernames]})
        assert answer.status_code == 200, answer.text
        group_id: str = answer.json()["newGroup"]["groupId"]
        return group_id

    def history(self, receiver: str, *, group: bool = False, **query: Any) -> list[dict[str, Any]]:
        path = f"/messages/{self.username}/{receiver}"
        answer = self.get(path, params={"group": "yes" if group else "no", **query})
        assert answer.status_code == 200, answer.text
        page: list[dict[str, Any]] = answer.json()
        return page

    def received(self, name: str) -> list[Any]:
        """Returns the payloads of one kind of event received so far, oldest first."""
        with self._changed:
            return [payload for event, payload in self.events if event == name]

    def messages(self) -> list[dict[str, Any]]:
        return [payload["response"] for payload in self.received("response")]

    def wait_for(self, name: str, is_wanted: Callable[[Any], bool] = lambda _payload: True) -> Any:
        """Returns the first event of this name for which `is_wanted` holds. Waits until it arrives."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while True:
                for event, payload in self.events:
                    if event == name and is_wanted(payload):
                        return payload
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{self.username} waited for {name} and got {self.events}")

    def wait_for_message(self, content: str) -> dict[str, Any]:
        message: dict[str, Any] = self.wait_for("response", lambda one: one["response"]["content"] == content)[
            "response"
        ]
        return message

    def _handler(self, name: str) -> Callable[[Any], Any]:
        def handle(payload: Any) -> Any:
            with self._changed:
                self.events.append((name, payload))
                self._changed.notify_all()
            if name != "response":
                return None
            if not self.confirms:
                # Until the handler returns, the client sends no ack.
                self._may_confirm.wait(3600)
            return {"success": True, "receiver": self.username}

        return handle


def in_order(client: socketio.Client) -> socketio.Client:
    """Handles packets in order. The library otherwise handles each in its own thread, which reorders them."""
    trigger = client.eio._trigger_event

    def trigger_here(event: str, *args: Any, **options: Any) -> Any:
        return trigger(event, *args, **{**options, "run_async": False})

    client.eio._trigger_event = trigger_here
    return client


def _wait_for_writer(client: socketio.Client) -> None:
    """Waits up to two seconds for the library's writer. A disconnect while it is busy would never be sent."""
    deadline = time.monotonic() + 2
    while client.eio.state == "connected" and client.eio.queue.unfinished_tasks and time.monotonic() < deadline:
        time.sleep(0.01)


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Polls until `is_true` holds. `what` describes the condition in the failure message."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"Waited in vain: {what}"
        time.sleep(0.01)
