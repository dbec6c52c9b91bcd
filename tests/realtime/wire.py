"""A Socket.IO client that hides nothing: frames in the order in which they arrived, confirmed when a test says so.

Nothing runs in the background. What arrives is read, and heartbeats are answered, only inside the methods.
"""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.people import PATIENCE_SECONDS
from tests.servers import Server

CONNECTED, DISCONNECTED, EVENT, ACK, REFUSED = "connected", "disconnected", "event", "ack", "refused"
_KINDS = {"0": CONNECTED, "1": DISCONNECTED, "2": EVENT, "3": ACK, "4": REFUSED}


@dataclass(frozen=True)
class Frame:
    """One Socket.IO packet. `id` is an ack's, or of an event that asks for one."""

    kind: str
    name: str
    data: Any
    id: int | None


class Wire:
    """One WebSocket connection. `token` goes into the handshake's query; other ways are options."""

    def __init__(self, server: Server, token: str | None = None, *, joins: bool = True, **options: Any) -> None:
        auth = options.pop("auth", None)
        query = f"&token={quote(token)}" if token is not None else ""
        address = server.ws.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket" + query
        options = {"max_size": None, "compression": None, "proxy": None, "close_timeout": 0.2, **options}
        self._open = ExitStack()
        self.socket = self._open.enter_context(connect(address, ping_interval=None, **options))
        self.frames: list[Frame] = []
        self.is_closed = False
        self._acks = 0
        self.handshake = json.loads(self._receive(PATIENCE_SECONDS)[1:])
        if joins:
            self.send("40/chat," + (json.dumps(auth) if auth is not None else ""))

    def send(self, text: str | bytes) -> None:
        """Any Engine.IO packet, also one that no client would send."""
        self.socket.send(text)

    def emit(self, event: str, *payloads: Any) -> int:
        """Emits with an ack asked for; returns the ack's id."""
        self._acks += 1
        self.send(f"42/chat,{self._acks}{json.dumps([event, *payloads])}")
        return self._acks

    def confirm(self, frame: Frame, *answer: Any) -> None:
        """What the browser's callback of `response` sends."""
        self.send(f"43/chat,{frame.id}{json.dumps(list(answer))}")

    def call(self, event: str, *payloads: Any) -> Any:
        """Emits, and reads until the ack is there."""
        return self.ack(self.emit(event, *payloads))

    def ack(self, number: int, seconds: float = PATIENCE_SECONDS) -> Any:
        """The ack of an emit. Reads on if it has not come yet."""
        (found,) = self.read(lambda frame: frame.kind == ACK and frame.id == number, seconds).data
        return found

    def joined(self) -> "Wire":
        """Reads until the server has answered the CONNECT, and asserts that it let the connection in."""
        answered = self.read(lambda frame: frame.kind in (CONNECTED, REFUSED))
        assert answered.kind == CONNECTED, answered
        return self

    def event(self, name: str, is_wanted: Callable[[Any], bool] = lambda _payload: True) -> Frame:
        """The first event of this name that is wanted, past or coming."""
        return self.read(lambda frame: frame.kind == EVENT and frame.name == name and is_wanted(frame.data))

    def message(self, content: str) -> Frame:
        """The `response` with this content."""
        return self.event("response", lambda payload: payload["response"]["content"] == content)

    def read(self, is_wanted: Callable[[Frame], bool], seconds: float = PATIENCE_SECONDS) -> Frame:
        """The first frame that is wanted, past or coming."""
        for frame in self.frames:
            if is_wanted(frame):
                return frame
        deadline = time.monotonic() + seconds
        while (text := self._receive(deadline - time.monotonic())) is not None:
            frame = self._heard(text)
            if frame is not None and is_wanted(frame):
                return frame
        raise AssertionError(f"Waited in vain (closed: {self.is_closed}); got {self.frames}")

    def read_all(self) -> list[Frame]:
        """All that the server sent to this connection until now: what it sends before the ack of an event of ours."""
        self.call("nothing like this")
        return self.frames

    def all_of(self, name: str) -> list[Any]:
        """The payloads of the events of one name that were read so far."""
        return [frame.data for frame in self.frames if frame.kind == EVENT and frame.name == name]

    def wait_until_closed(self, seconds: float = PATIENCE_SECONDS, *, answers_heartbeats: bool = True) -> None:
        """Reads until the server closes the connection."""
        deadline = time.monotonic() + seconds
        while (text := self._receive(deadline - time.monotonic(), answers_heartbeats)) is not None:
            self._heard(text)
        assert self.is_closed, f"The server kept the connection; got {self.frames}"

    def close(self) -> None:
        self._open.close()

    def _receive(self, seconds: float, answers_heartbeats: bool = True) -> Any:
        """The next Engine.IO packet but heartbeats; None when the time is up or the connection closed."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                text = self.socket.recv(timeout=max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                return None
            except ConnectionClosed:
                self.is_closed = True
                return None
            if text != "2":
                return text
            if answers_heartbeats:
                self.send("3")

    def _heard(self, text: str) -> Frame | None:
        if not text.startswith("4"):
            return None
        kind, rest = _KINDS[text[1]], text[2:].removeprefix("/chat").removeprefix(",")
        digits = len(rest) - len(rest.lstrip("0123456789"))
        body = json.loads(rest[digits:]) if rest[digits:] else None
        number = int(rest[:digits]) if digits else None
        frame = Frame(kind, body[0], body[1], number) if kind == EVENT else Frame(kind, "", body, number)
        self.frames.append(frame)
        return frame


def private(sender: str, receiver: str, content: str, **extra: Any) -> dict[str, Any]:
    """The payload of a message event."""
    return {"sender": sender, "receiver": receiver, "content": content, **extra}
