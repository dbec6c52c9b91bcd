"""The process of `sample_application.py`, and connections to it whose requests are the test's own, byte for byte."""

import json
import socket
import subprocess
import sys
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.people import wait_until
from tests.servers import ROOT, free_port

PATIENCE_SECONDS = 5
END = b"\r\n\r\n"


class Client:
    """A connection, whose answers the standard library reads."""

    def __init__(
        self, port: int, *data: bytes, receive_buffer: int | None = None, largest_segment: int | None = None
    ) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if largest_segment is not None:
            # The kernel of the server buffers less for a connection with small segments.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, largest_segment)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self._file = self.socket.makefile("rb")
        self.send(*data)

    def makefile(self, _mode: str) -> "Client":
        """For HTTPResponse, which closes the file that it reads after each answer."""
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        pass

    def flush(self) -> None:
        pass

    def send(self, *data: bytes) -> "Client":
        for one in data:
            self.socket.sendall(one)
        return self

    def answer(self, method: str = "GET") -> tuple[int, bytes]:
        found = HTTPResponse(self, method=method)  # type: ignore[arg-type]
        found.begin()
        return found.status, found.read()

    def is_over(self) -> bool:
        """Reads to the end; whether there was nothing."""
        try:
            return self._file.read() == b""
        except ConnectionResetError:
            return True

    def drop(self) -> None:
        self._file.close()
        self.socket.close()


def get(path: str, *headers: str, version: str = "1.1", method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: chat", *headers, "", ""]).encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    return get(path, f"Content-Length: {len(body)}", *headers, method="POST") + body


class Small:
    """The process."""

    def __init__(self, folder: Path, listener: str) -> None:
        self.port = free_port()
        self._log = folder / "log"
        with self._log.open("wb") as log:
            command = [sys.executable, "-W", "ignore", "-m", "tests.http_listener.sample_application"]
            self.process = subprocess.Popen([*command, str(self.port), listener], cwd=ROOT, stdout=log, stderr=log)
        wait_until(self.listens, "the listener is there")

    @property
    def log(self) -> str:
        return self._log.read_text()

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def counts(self) -> dict[str, int]:
        client = Client(self.port, get("/counts", "Connection: close"))
        found: dict[str, int] = json.loads(client.answer()[1])
        client.drop()
        return found
