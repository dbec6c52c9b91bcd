"""SIGTERM during conversations: the same guarantees as after a kill, and clients that reconnect by themselves."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import socketio

from tests.faults.conversation_under_fault import Conversations
from tests.people import NAMESPACE, Person, wait_until
from tests.servers import Server


def test_a_stop_during_conversations_loses_nothing_and_exits_with_0(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    talk = Conversations(server, seed=21)
    talk.connect()
    talk.start()
    talk.wait_for_acks(60)
    assert server.stop() == 0
    talk.stop()
    talk.disconnect()
    talk.check_what_arrived()
    server.start()
    assert not any(one["isOnline"] for one in talk.people[0].get("/users").json()["users"])
    talk.connect()
    talk.repeat()
    talk.check_history()
    talk.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log


class Stayer:
    """A client that relies on the reconnection of its library."""

    def __init__(self, person: Person, **options: Any) -> None:
        self.person = person
        self.connects = 0
        self.reasons: list[str] = []
        self.has_heard = threading.Event()
        self._wires: list[Any] = []
        self.socket = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2)
        self.socket.on("connect", self._connected, namespace=NAMESPACE)
        self.socket.on("disconnect", self.reasons.append, namespace=NAMESPACE)
        self.socket.on("response", lambda _payload: self.has_heard.set(), namespace=NAMESPACE)
        self.socket.connect(f"{person.server.ws}?token={person.token}", namespaces=[NAMESPACE], **options)

    def _connected(self) -> None:
        self.connects += 1
        self._wires += [self.socket.eio.ws, self.socket.eio.http]

    def leave(self) -> None:
        """Also closes the sockets that the server ended, which the library leaves open."""
        self.socket.disconnect()
        self.socket.eio.wait()
        for wire in filter(None, self._wires):
            getattr(wire, "shutdown", wire.close)()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_clients_reconnect_by_themselves_after_a_stop(
    start: Callable[..., Server], sqlite_url: str, transport: str
) -> None:
    server = start(sqlite_url)
    stayer = Stayer(Person(server, "alice"), transports=[transport])
    bob = Person(server, "bob")
    assert server.stop() == 0
    # After a disconnect packet of Socket.IO or Engine.IO, clients would not reconnect.
    wait_until(lambda: stayer.reasons != [], "the client notices")
    assert socketio.Client.reason.SERVER_DISCONNECT not in stayer.reasons
    server.start()
    wait_until(lambda: stayer.connects == 2, "the client is back")
    bob.connect()
    assert bob.say("alice", "welcome back")["success"] is True
    assert stayer.has_heard.wait(5)
    bob.disconnect()
    stayer.leave()
