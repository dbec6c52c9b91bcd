"""A Socket.IO client that exposes every frame in the order of arrival and confirms only when a test asks it to.

Nothing runs in the background. Frames are read, and heartbeats are answered, only inside the methods.
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
    """One Socket.IO packet. `id` is the ack id of an ack, or of an event that asks for an ack."""

    kind: str
    name: str
    data: Any
    id: int | None


class Wire:
    """One WebSocket connection. `token` goes into the query of the handshake. Options can place it elsewhere."""

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
        """Sends any Engine.IO packet, including malformed ones."""
        self.socket.send(text)

    def emit(self, event: str, *payloads: Any) -> int:
        """Emits an event and asks for an ack. Returns the ack id."""
        self._acks += 1
        self.send(f"42/chat,{self._acks}{json.dumps([event, *payloads])}")
        return self._acks

    def confirm(self, frame: Frame, *answer: Any) -> None:
        """Confirms a `response`, as the callback of the browser does."""
        self.send(f"43/chat,{frame.id}{json.dumps(list(answer))}")

    def call(self, event: str, *payloads: Any) -> Any:
        """Emits an event, reads until its ack arrives, and returns the ack."""
        return self.ack(self.emit(event, *payloads))

    def ack(self, number: int, seconds: float = PATIENCE_SECONDS) -> Any:
        """Returns the ack of an emit. Reads until it arrives."""
        (found,) = self.read(lambda frame: frame.kind == ACK and frame.id == number, seconds).data
        return found

    def joined(self) -> "Wire":
        """Reads until the server answers the CONNECT, and asserts that it accepted the connection."""
        answered = self.read(lambda frame: frame.kind in (CONNECTED, REFUSED))
        assert answered.kind == CONNECTED, answered
        return self

    def event(self, name: str, is_wanted: Callable[[Any], bool] = lambda _payload: True) -> Frame:
        """Returns the first event of this name for which `is_wanted` holds. Reads until it arrives."""
        return self.read(lambda frame: frame.kind == EVENT and frame.name == name and is_wanted(frame.data))

    def message(self, content: str) -> Frame:
        """Returns the `response` with this content."""
        return self.event("response", lambda payload: payload["response"]["content"] == content)

    def read(self, is_wanted: Callable[[Frame], bool], seconds: float = PATIENCE_SECONDS) -> Frame:
        """Returns the first frame for which `is_wanted` holds. Reads until it arrives."""
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
        """Returns all frames that the server has sent to this connection up to the ack of an event emitted now."""
        self.call("nothing like this")
        return self.frames

    def all_of(self, name: str) -> list[Any]:
        """Returns the payloads of the events of one name that were read so far."""
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
        """Returns the next Engine.IO packet except heartbeats, or None on timeout or when the connection is closed."""
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
    """Returns the payload of a message event."""
    return {"sender": sender, "receiver": receiver, "content": content, **extra}
