"""A real server for browsers, and users without a browser."""

import contextlib
import hashlib
import json
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests import servers, uploads


class Server(servers.Server):
    """`settings` are CHATAPP_ variables without the prefix; `users` is the number of demo users user0, user1, ...; None
    for no user at all."""

    def __init__(self, folder: Path, users: int | None = 0, *, one_port: bool = False, **settings: object) -> None:
        demo = [] if users is None else ["--demo", str(users)]
        command = [*servers.SERVE, *demo]
        variables = {f"CHATAPP_{name}": value for name, value in settings.items()}
        super().__init__(folder, command, one_port=one_port, **variables)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.environment['CHATAPP_HTTP_PORT']}/"

    def add_user(self, *arguments: str) -> None:
        """Runs `chatapp users add` beside the server."""
        added = self.run("users", "add", *arguments)
        assert added.returncode == 0, added.stderr

    def add_root(self) -> None:
        """Adds root, an administrator called Rosa who signs in by name."""
        self.add_user("root", "--no-password", "--first-name", "Rosa", "--admin")


@contextlib.contextmanager
def running(folder: Path, users: int | None = 0, **settings: Any) -> Iterator[Server]:
    """A server with its files in this folder, both of which are gone afterwards."""
    server = Server(folder, users, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class SentFile:
    """A file to be sent. `about` is what the sender says of it, such as its `alt`."""

    name: str
    media_type: str
    body: bytes
    about: dict[str, Any] = field(default_factory=dict)


class ApiUser:
    """A user without a browser, who calls the HTTP API with a token."""

    def __init__(self, server: Server, username: str, password: str | None = None) -> None:
        self.server = server
        self.username = username
        self._token = ""
        body = {"username": username} | ({"password": password} if password else {})
        _, headers = self._call("POST", "login", body)
        self._token = headers["auth-token"]

    def say(self, receiver: str, *contents: str, group: bool = False) -> None:
        for content in contents:
            self._call("POST", "messages", {"receiver": receiver, "group": group, "content": content})

    def upload(self, name: str, media_type: str, body: bytes) -> str:
        """Sends the bytes of a file, and returns the id of the upload."""
        client = uploads.HttpClient(self.server.url.removesuffix("/"))
        return uploads.upload(uploads.SignedIn(client, {"auth-token": self._token}), body, name, media_type)

    def send_files(self, receiver: str, content: str, *files: SentFile, group: bool = False) -> dict[str, Any]:
        """Sends a message with files, and returns it."""
        sent = [{"uploadId": self.upload(one.name, one.media_type, one.body), **one.about} for one in files]
        body = {"receiver": receiver, "group": group, "content": content, "files": sent}
        message: dict[str, Any] = self.request("POST", "messages", body)["response"]
        return message

    def cancel_upload(self, upload_id: str) -> None:
        headers = {**uploads.TUS, "auth-token": self._token}
        requests.delete(f"{self.server.url}uploads/{upload_id}", headers=headers, timeout=30).raise_for_status()

    def hash_of(self, file: dict[str, Any]) -> str:
        """The SHA-256 of what the server hands out for a file of a message."""
        request = urllib.request.Request(f"{self.server.url}file/{file['fileId']}", headers={"auth-token": self._token})
        with urllib.request.urlopen(request, timeout=60) as response:
            return hashlib.file_digest(response, "sha256").hexdigest()

    def make_group(self, name: str, *usernames: str) -> str:
        users = [{"username": username} for username in usernames]
        return str(self._call("POST", "group", {"groupName": name, "users": users})[0]["newGroup"]["groupId"])

    def messages(self, receiver: str, *, group: bool = False) -> list[str]:
        kind = "yes" if group else "no"
        found, _ = self._call("GET", f"messages/{self.username}/{receiver}?group={kind}&limit=500")
        return [message["content"] for message in found]

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Sends a request and returns the body of the response."""
        return self._call(method, path, body)[0]

    def _call(self, method: str, path: str, body: object = None) -> tuple[Any, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"auth-token": self._token} if self._token else {})
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response), response.headers
