"""A browser tab that only polls, and a proxy that hangs up on the server when the tab hangs up on it."""

import contextlib
import json
import selectors
import socket
import struct
import threading
from typing import Any

from tests.http_listener.raw_client import Client, get, post
from tests.people import PATIENCE_SECONDS, Person

PATH = "/socket.io/?EIO=4&transport=polling"
RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing the connection resets it."""


class Tab:
    """Signed in by the cookie. It always has a poll open, whose response it reads when a test asks for a packet."""

    def __init__(self, person: Person, port: int, **options: int) -> None:
        self._cookie = f"Cookie: chatToken={person.token}"
        self._username = person.username
        self._port = port
        self.polls, self._posts = Client(port, **options), Client(port)
        self._packets: list[str] = []
        self._path = PATH
        (opening,) = self._answer(self.polls.send(self.asking()))
        self.sid: str = json.loads(opening[1:])["sid"]
        self._path += "&sid=" + self.sid
        self.post("40/chat,")
        self.poll()
        self.packet_that(lambda packet: packet.startswith("40/chat,"))

    def settled(self) -> "Tab":
        """Reads until its own user is online. Nothing follows that unasked, so afterwards its poll waits."""
        self.packet_that(lambda packet: f'"username":"{self._username}","online":true' in packet)
        return self

    def asking(self) -> bytes:
        """Returns the request of a poll."""
        return get(self._path, self._cookie)

    def poll(self) -> None:
        self.polls.send(self.asking())

    def posting(self, packets: str) -> bytes:
        """Returns the request that posts packets, which `\x1e` separates."""
        return post(self._path, packets.encode(), self._cookie)

    def post(self, packets: str) -> None:
        assert self._answer(self._posts.send(self.posting(packets))) == ["OK"]

    def message(self, content: str) -> None:
        """Reads until a message arrives. Confirms every message that it reads."""
        self.packet_that(lambda packet: f'"content":"{content}"' in packet)

    def packet_that(self, is_wanted: Any) -> str:
        while True:
            while not self._packets:
                self._packets = self._answer(self.polls)
                self.poll()
            packet = self._packets.pop(0)
            number = packet.removeprefix("42/chat,").partition("[")[0]
            if number.isdigit():
                self.post(f'43/chat,{number}[{{"success":true}}]')
            if is_wanted(packet):
                return packet

    def is_open(self) -> bool:
        """Whether the server knows the session."""
        client = Client(self._port, self.posting("3"))
        status, _ = client.answer()
        client.drop()
        return status == 200

    def go_away(self, *, resets: bool = False) -> None:
        """Closes its connections without a goodbye."""
        for client in (self.polls, self._posts):
            if resets:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.drop()

    @staticmethod
    def _answer(client: Client) -> list[str]:
        status, body = client.answer()
        assert status == 200, body
        return body.decode().split("\x1e")


class Proxy:
    """Forwards connections to a port. When one side ends, it ends the other side too, or, with `resets`, resets it."""

    def __init__(self, port: int, *, resets: bool) -> None:
        self._server_port = port
        self._resets = resets
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._is_stopped = True
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _run(self) -> None:
        while not self._is_stopped:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._forward(key.fileobj, key.data)
                elif not self._is_stopped:
                    self._accept()

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        server = socket.create_connection(("127.0.0.1", self._server_port))
        for one, other in ((client, server), (server, client)):
            self._selector.register(one, selectors.EVENT_READ, other)

    def _forward(self, source: Any, target: Any) -> None:
        if source.fileno() < 0:
            return  # closed in this round, together with its other side
        with contextlib.suppress(OSError):
            if data := source.recv(65_536):
                target.sendall(data)
                return
        for one in (source, target):
            self._selector.unregister(one)
            if self._resets:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            one.close()
