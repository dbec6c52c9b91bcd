"""A real server of its own process, on free ports and an empty folder, that a test may kill and start again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_SECONDS = 30
POLL_SECONDS = 0.05
COMMAND = [sys.executable, "-c", "from chatapp.cli import main; main()"]


class Server:
    """`settings` are CHATAPP_ variables without the prefix; `users` is how many user0, user1, ... there are."""

    def __init__(self, folder: Path, users: int = 0, *, one_port: bool = False, **settings: object) -> None:
        self.folder = folder
        self.users = users
        self.http_port, other_port = _free_ports()
        self.ws_port = self.http_port if one_port else other_port
        # With passwords no other origin is allowed by itself, and to the Socket.IO port the page is one.
        self.settings = {"SIGN_IN": "username", **settings}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.http_port}/"

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            arguments = [*COMMAND, "serve", "--demo", str(self.users)]
            self._process = subprocess.Popen(arguments, env=self._environment(), stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not (_answers(f"{self.url}users") and _answers(self._handshake)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "server.log").read_text())
            time.sleep(POLL_SECONDS)

    def kill(self) -> None:
        """As when the power goes: nothing is said to anybody."""
        self._stop(signal.SIGKILL)

    def stop(self) -> None:
        self._stop(signal.SIGTERM)

    def command(self, *arguments: str) -> None:
        """Runs `chatapp <arguments>` beside the server."""
        subprocess.run([*COMMAND, *arguments], env=self._environment(), check=True, capture_output=True)

    @property
    def _handshake(self) -> str:
        return f"http://localhost:{self.ws_port}/socket.io/?EIO=4&transport=polling"

    def _environment(self) -> dict[str, str]:
        ports = {"INSTANCE": self.folder, "HTTP_PORT": self.http_port, "WS_PORT": self.ws_port}
        settings = {f"CHATAPP_{name}": str(value) for name, value in {**ports, **self.settings}.items()}
        return {**os.environ, **settings}

    def _stop(self, number: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(15)
        self._process = None


class Friend:
    """Somebody without a browser: calls the HTTP API with a token."""

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

    def make_group(self, name: str, *usernames: str) -> str:
        users = [{"username": username} for username in usernames]
        return str(self._call("POST", "group", {"groupName": name, "users": users})[0]["newGroup"]["groupId"])

    def messages(self, receiver: str, *, group: bool = False) -> list[str]:
        kind = "yes" if group else "no"
        found, _ = self._call("GET", f"messages/{self.username}/{receiver}?group={kind}&limit=500")
        return [message["content"] for message in found]

    def _call(self, method: str, path: str, body: object = None) -> tuple[Any, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"auth-token": self._token} if self._token else {})
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response), response.headers


def _free_ports() -> tuple[int, int]:
    """Both are held until both are known, so that they differ."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _answers(url: str) -> bool:
    """Whether anybody answers, be it with a refusal."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return True
    except OSError:
        return False
    return True
