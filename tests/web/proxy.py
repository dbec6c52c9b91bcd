"""A reverse proxy with TLS in front of a server, by a configuration of the documentation: what all programs share."""

import signal
import socket
import subprocess
from pathlib import Path

from tests.people import wait_until
from tests.servers import ROOT, Server, free_ports

HOST = "chat.localhost"
"""Browsers know it as this machine."""
OTHER_SERVICE = "another service"
"""What the host name answers outside of the path of the chat."""


def documented(name: str, changes: dict[str, str]) -> str:
    """A file of docs/deploy with other ports, names and folders than the documented ones, each of which it has."""
    text = (ROOT / "docs" / "deploy" / name).read_text()
    for before, here in changes.items():
        assert before in text, before
        text = text.replace(before, here)
    return text


def upstreams(server: Server) -> dict[str, str]:
    """The documented addresses of chatapp, and those of this server."""
    return {"127.0.0.1:8087": server.ws.removeprefix("http://"), "127.0.0.1:8088": server.http.removeprefix("http://")}


class Proxy:
    """A program in the foreground. Its files, among them `server.pem`, are in `folder`. `path` is where the chat is."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder = folder
        self.path = path
        self.http_port, self.https_port = free_ports(2)
        self._process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.https_port}{self.path}/"

    @property
    def plain_url(self) -> str:
        return f"http://{HOST}:{self.http_port}{self.path}/"

    @property
    def log(self) -> str:
        return (self.folder / "proxy.log").read_text()

    def start_program(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        with (self.folder / "proxy.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        wait_until(self._listens, command[0])

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=10) == 0, self.log

    def _listens(self) -> bool:
        assert self._process.poll() is None, self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.https_port)) == 0
