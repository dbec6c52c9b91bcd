"""A client of a user, which records what it does and sees. After a fault it connects again and catches up."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
import socketio
from socketio.exceptions import SocketIOError

from tests.faults import history
from tests.faults.history import History
from tests.faults.known_conversations import KnownConversations
from tests.people import Person

PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 8.0
"""A connection that leaves a question unanswered for so long is closed, as the web client does."""
CONNECT_SECONDS = 10.0
ABANDON_SECONDS = 2.0
"""Longest wait for the threads of a connection that hangs."""
PAGE = 500


class Route(Protocol):
    """An address of the server, or of something in front of it."""

    @property
    def http(self) -> str: ...

    @property
    def ws(self) -> str: ...


class Device(Person):
    """`routes` are the addresses by which it connects, one at a time, chosen by chance. Its methods are for one thread,
    but for `attempt`."""

    def __init__(self, routes: Sequence[Route], username: str, number: int, records: History, seed: int) -> None:
        super().__init__(routes[0], username)  # type: ignore[arg-type]
        self.routes = routes
        self.number = number
        self.records = records
        self.chance = random.Random(seed)
        self.line = 0
        self.known = KnownConversations(username)
        self.has_hung = False
        self.unanswered: set[str] = set()
        """Client ids of messages that the connection has taken and not answered."""

    @property
    def is_connected(self) -> bool:
        return self.socket is not None and self.socket.connected

    def record(self, kind: str, data: Any = None, *, line: int | None = None, asked_at: float | None = None) -> None:
        self.records.add(self.username, self.number, self.line if line is None else line, kind, data, asked_at)

    def return_if_lost(self) -> bool:
        """Connects and catches up if there is no connection. Returns whether there is one."""
        if self.is_connected and not self.has_hung:
            return True
        self.leave()
        self.server = self.chance.choice(self.routes)  # type: ignore[assignment]
        return self._can_reach(self.server) and self._enter() and self.catch_up()

    def leave(self) -> None:
        """Ends the connection, also one whose other end is silent."""
        if self.socket is None:
            return
        if self.socket.eio.queue is None:
            self._close_sockets(self.socket)
        elif self.has_hung:
            self._abandon(self.socket)
        else:
            self.disconnect()
        self.socket = None
        self.has_hung = False
        self.unanswered.clear()
        self.record(history.DISCONNECTED)

    def _abandon(self, client: socketio.Client) -> None:
        """Closes a connection to which nothing can be written, without a word and without waiting for its threads."""
        wire = getattr(client.eio.ws, "sock", None)
        if wire is not None:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        client.eio.queue.put(None)
        if client.eio.read_loop_task is not None:
            client.eio.read_loop_task.join(ABANDON_SECONDS)
        self._close_sockets(client)

    def catch_up(self) -> bool:
        """Syncs, and fetches what is newer than the last known message. Returns whether all of it came."""
        more = True
        while more:
            asked_at = time.monotonic()
            answer = self.ask("sync", self.known.question())
            if answer is None or not answer["success"]:
                return False
            self.record(history.SYNC, answer, asked_at=asked_at)
            behind = self.known.learn(answer)
            if not all(self._fetch_after(*place) for place in behind):
                return False
            more = answer["more"]
        return True

    def load(self, receiver: str, *, group: bool, after: int | None = None) -> list[dict[str, Any]] | None:
        """Records and returns a page that does not count as catching up: the newest, or that after a sequence."""
        return self._page(history.LOADED, receiver, group, {} if after is None else {"after": after})

    def ask(self, event: str, payload: Any) -> Any:
        """The ack of an event; None if the connection breaks before, or leaves it unanswered."""
        answered = threading.Event()
        answers: list[Any] = []

        def heard(answer: Any) -> None:
            answers.append(answer)
            answered.set()

        deadline = time.monotonic() + ANSWER_SECONDS
        try:
            self.emit(event, payload, heard)
            while not answered.wait(PAUSE_SECONDS) and self.is_connected:
                if time.monotonic() > deadline:
                    self.has_hung = True
                    break
        except SocketIOError:
            return None
        return answers[0] if answers else None

    def mark_read(self, receiver: str, sequence: int, *, group: bool) -> None:
        """Marks a conversation as read, without waiting."""
        payload = {"receiver": receiver, "group": group, "sequence": sequence}
        self.record(history.MARKED_READ, payload)
        with contextlib.suppress(SocketIOError):
            self.emit("markRead", payload)

    def send_by_socket(self, sending: dict[str, Any], heard: Any) -> bool:
        """Emits a message. `heard` gets its ack. Returns whether the connection took it."""
        name = "groupMessage" if sending["group"] else "privateMessage"
        payload = {"sender": self.username} | {key: sending[key] for key in ("receiver", "content", "clientId")}
        line, asked_at = self.line, time.monotonic()

        def answered(answer: Any) -> None:
            self.unanswered.discard(sending["clientId"])
            self._record_answer(sending, answer, line, asked_at)
            heard(answer)

        self.record(history.ATTEMPT, {**sending, "door": "socket"}, line=line)
        self.unanswered.add(sending["clientId"])
        try:
            self.emit(name, payload, answered)
        except (SocketIOError, AssertionError):
            return False
        return True

    def send_by_http(self, sending: dict[str, Any]) -> Any:
        """Posts a message. Returns the answer, None if there was none."""
        asked_at = time.monotonic()
        self.record(history.ATTEMPT, {**sending, "door": "http"}, line=0)
        try:
            answer = self.post("/messages", sending, timeout=ANSWER_SECONDS).json()
        except requests.RequestException:
            self.record(history.UNANSWERED, sending["clientId"], line=0)
            return None
        self._record_answer(sending, answer, 0, asked_at)
        return answer

    def _record_answer(self, sending: dict[str, Any], answer: Any, line: int, asked_at: float) -> None:
        if answer["success"]:
            self.record(history.ACK, {"clientId": sending["clientId"], **answer}, line=line, asked_at=asked_at)
        else:
            refusal = {"clientId": sending["clientId"], **answer["error"]}
            self.record(history.REFUSED, refusal, line=line, asked_at=asked_at)

    def _can_reach(self, route: Route) -> bool:
        """Whether anybody listens. A connection that nobody takes is no attempt."""
        try:
            socket.create_connection((urlsplit(route.ws).hostname, urlsplit(route.ws).port), timeout=1).close()
        except OSError:
            return False
        return True

    def _enter(self) -> bool:
        self.line += 1
        self.record(history.CONNECTING)
        try:
            self.connect(wait_timeout=CONNECT_SECONDS)
        except (SocketIOError, OSError, ValueError):
            self.record(history.NOT_CONNECTED)
            self.has_hung = True
            self.leave()
            return False
        self.record(history.CONNECTED)
        return True

    def _fetch_after(self, receiver: str, group: bool) -> bool:
        while True:
            page = self._page(history.CAUGHT_UP, receiver, group, {"after": self.known.last(receiver, group)})
            if page is None:
                return False
            self.known.add(page)
            if len(page) < PAGE:
                return True

    def _page(self, kind: str, receiver: str, group: bool, query: dict[str, int]) -> list[dict[str, Any]] | None:
        """None if the server does not answer with a page."""
        asked_at = time.monotonic()
        params = {"group": "yes" if group else "no", "limit": PAGE, **query}
        try:
            answer = self.get(f"/messages/{self.username}/{receiver}", params=params, timeout=ANSWER_SECONDS)
        except requests.RequestException:
            return None
        if answer.status_code != 200:
            return None
        page: list[dict[str, Any]] = answer.json()
        place = {"receiver": receiver, "group": group}
        self.record(kind, {**place, "messages": page}, line=0, asked_at=asked_at)
        return page

    def _handler(self, name: str) -> Any:
        line = self.line

        def handle(payload: Any) -> Any:
            if name == "response":
                message = payload["response"]
                self.record(history.RESPONSE, payload, line=line)
                self.known.add([message])
                self.record(history.CONFIRMED, {"messageId": message["messageId"]}, line=line)
                return {"success": True, "receiver": self.username}
            if name in (history.TICK, history.RECEIPT, history.SIGNED_OUT):
                self.record(name, payload, line=line)
            return None

        return handle
