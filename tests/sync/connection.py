"""A connection of the Socket.IO test client, with a client that applies what it receives."""

from typing import Any

from flask import Flask

from tests.sync.client import Client

NAMESPACE = "/chat"
PAGE = 500


class Connection:
    """A user's tab: its socket and its client. Events that arrive while `is_away` are lost."""

    def __init__(self, app: Flask, username: str) -> None:
        self.app = app
        token = app.test_client().post("/login", json={"username": username}).headers["auth-token"]
        self.headers = {"auth-token": token}
        self.socket = app.extensions["socketio"].test_client(app, namespace=NAMESPACE, query_string=f"?token={token}")
        self.client = Client(username, lambda known: self.emit("sync", known), self._page, self._people)
        self.client.fetch_people()
        self.is_away = False

    def emit(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        ack: dict[str, Any] = self.socket.emit(event, payload, namespace=NAMESPACE, callback=True)
        return ack

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.app.test_client().open(path, method=method, json=body, headers=self.headers)
        assert answer.status_code < 500, answer.text
        return answer.get_json()

    def drain(self) -> None:
        for event in self.socket.get_received(NAMESPACE):
            if not self.is_away:
                self.client.receive(event["name"], event["args"][0])

    def _people(self) -> list[dict[str, Any]]:
        users: list[dict[str, Any]] = self.request("GET", f"/all/{self.client.username}")["users"]
        return users

    def _page(self, receiver: str, is_group: bool) -> list[dict[str, Any]]:
        query = f"?group={'yes' if is_group else 'no'}&limit={PAGE}"
        page = self.request("GET", f"/messages/{self.client.username}/{receiver}{query}")
        return page if isinstance(page, list) else []
