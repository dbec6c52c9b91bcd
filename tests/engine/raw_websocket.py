"""A bare TCP connection to the Socket.IO port: every byte is the test's own."""

import json
import socket
import time
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tests.engine.frame_builder import CLOSE, TEXT, Sent, opening
from tests.people import PATIENCE_SECONDS, Person
from tests.servers import Server

PRESENCE = b'42/chat,["onlineStatus"'


class Raw:
    """Reads frames with the parser of `websockets`; what it sends is up to the test. Presence, which changes with every
    test, is left out of the frames unless `hears_presence`."""

    def __init__(self, server: Server, *, receive_buffer: int | None = None, hears_presence: bool = False) -> None:
        self.server = server
        self._hears_presence = hears_presence
        self.port = int(urlsplit(server.ws).port or 0)
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", self.port))
        self._stream = StreamReader()
        self._parser: Any = None

    def open(self, *, token: str | None = None, sid: str | None = None, behind: bytes = b"") -> str:
        """The opening handshake, with bytes right behind it; returns the Engine.IO session's id if it is a new one."""
        query = (f"&token={quote(token)}" if token else "") + (f"&sid={sid}" if sid else "")
        self.send(opening(self.port, f"/socket.io/?EIO=4&transport=websocket{query}") + behind)
        head = self.read_head()
        assert head.startswith(b"HTTP/1.1 101 "), head
        if sid is not None:
            return sid
        found: str = json.loads(self.text()[1:])["sid"]
        return found

    def joined(self, token: str) -> "Raw":
        """Opened, and in the namespace."""
        self.open(token=token)
        self.send_text("40/chat,")
        self.text_that(lambda text: text.startswith("40/chat,"))
        return self

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_text(self, text: str) -> None:
        self.send(Sent(TEXT, text.encode()).to_bytes())

    def read_head(self) -> bytes:
        """The status line and headers of an HTTP answer."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            seen = self.socket.recv(4096, socket.MSG_PEEK)
            if not seen:
                break
            end = (head + seen).find(b"\r\n\r\n")
            head += self.socket.recv(len(seen) if end < 0 else end + 4 - len(head))
        return head

    def frame(self) -> Frame | None:
        """The next frame; None when the connection is over."""
        found = self._next_frame()
        while found is not None and not self._hears_presence and bytes(found.data).startswith(PRESENCE):
            found = self._next_frame()
        return found

    def _next_frame(self) -> Frame | None:
        self._parser = self._parser or Frame.parse(self._stream.read_exact, mask=False)
        while True:
            try:
                next(self._parser)
            except StopIteration as done:
                self._parser = None
                found: Frame = done.value
                return found
            try:
                piece = self.socket.recv(65_536)
            except ConnectionResetError:
                return None
            if not piece:
                return None
            self._stream.feed_data(piece)

    def text(self) -> str:
        """The next text that is no heartbeat; heartbeats are answered."""
        while (frame := self.frame()) is not None:
            if frame.opcode is Opcode.TEXT and bytes(frame.data) == b"2":
                self.send_text("3")
            elif frame.opcode is Opcode.TEXT:
                return bytes(frame.data).decode()
            else:
                raise AssertionError(f"Expected text: {frame}")
        raise AssertionError("The connection is over")

    def text_that(self, is_wanted: Any) -> str:
        while not is_wanted(text := self.text()):
            pass
        return text

    def close_frame(self, *, answers: bool = True) -> tuple[int, str]:
        """Reads until the server closes, answers that, and asserts that nothing follows; returns code and reason."""
        while (frame := self.frame()) is not None:
            if frame.opcode is Opcode.CLOSE:
                data = bytes(frame.data)
                if answers:
                    self.send(Sent(CLOSE, data).to_bytes())
                assert self.frame() is None
                return (int.from_bytes(data[:2], "big") if data else 0), data[2:].decode()
        raise AssertionError("The connection ended without a close frame")

    def event(self, number: int, name: str, payload: Any) -> None:
        self.send_text(f"42/chat,{number}{json.dumps([name, payload])}")

    def drop(self) -> None:
        """Ends the connection without a word."""
        self.socket.close()


class Polling:
    """A polling session spoken by hand."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.http = requests.Session()
        self._packets: list[str] = []
        self.base = f"{server.ws}/socket.io/?EIO=4&transport=polling"
        query = f"&token={quote(token)}" if token else ""
        self.sid: str = json.loads(self.http.get(self.base + query, timeout=PATIENCE_SECONDS).text[1:])["sid"]

    def post(self, *packets: str) -> requests.Response:
        body = "\x1e".join(packets)
        return self.http.post(f"{self.base}&sid={self.sid}", data=body.encode(), timeout=PATIENCE_SECONDS)

    def poll(self, timeout: float = PATIENCE_SECONDS) -> list[str]:
        answer = self.http.get(f"{self.base}&sid={self.sid}", timeout=timeout)
        assert answer.status_code == 200, answer.text
        return answer.text.split("\x1e")

    def drop(self) -> None:
        """Closes its connections without a goodbye."""
        self.http.close()

    def join(self) -> "Polling":
        self.post("40/chat,")
        self.poll_until(lambda text: text.startswith("40/chat,"))
        return self

    def send_text(self, text: str) -> None:
        """As `Raw.send_text`."""
        assert self.post(text).status_code == 200

    def text(self) -> str:
        """The next packet."""
        while not self._packets:
            self._packets = self.poll()
        return self._packets.pop(0)

    def text_that(self, is_wanted: Any) -> str:
        while not is_wanted(text := self.text()):
            pass
        return text

    def poll_until(self, is_wanted: Any) -> list[str]:
        found: list[str] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found += self.poll()
            if any(map(is_wanted, found)):
                return found
        raise AssertionError(f"Polled in vain: {found}")


def confirm(text: str) -> str | None:
    """The confirmation of a `response` packet, as a client's callback sends it; None for anything else."""
    digits = text.removeprefix("42/chat,").partition("[")[0]
    return f"43/chat,{digits}[{{}}]" if digits.isdigit() and text.startswith("42/chat,") else None


def private(sender: Person, receiver: Person, content: str) -> dict[str, str]:
    return {"sender": sender.username, "receiver": receiver.username, "content": content}


def is_online(looking: Person, wanted: Person) -> bool:
    """What one sees of another over HTTP."""
    users = looking.get("/users").json()["users"]
    return bool(next(one for one in users if one["username"] == wanted.username)["isOnline"])
