"""Rooms, and events that are encoded once for all recipients.

All recipients of an event get the same ack id, from a counter of the whole server: a client only echoes it. So the
Socket.IO packet and the WebSocket frame around it are built once, and the same bytes object is written to every socket.
The cost of a disconnect grows with the client's own rooms, not with all rooms.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
import socketio

from chatapp.metrics.counters import counters
from chatapp.realtime.engine.closings import note_closing
from chatapp.realtime.engine.peer import HoldingPeer, Peer
from chatapp.realtime.engine.websocket_frames import TEXT, build

KEPT_ACKS = 65_536
"""Events whose acks are still awaited; the oldest is forgotten first. A later ack is ignored without harm: the
client's next one confirms all earlier messages of the conversation."""

Acknowledged = Callable[["Client"], None]
"""Called with the client that sent an ack."""


class Client:
    """One connection in one namespace. The application sets `user` when the client connects."""

    __slots__ = ("eio_sid", "is_connected", "namespace", "peer", "rooms", "sid", "user")

    def __init__(self, sid: str, eio_sid: str, namespace: str, peer: Peer) -> None:
        self.sid = sid
        self.eio_sid = eio_sid
        self.namespace = namespace
        self.peer = peer
        self.rooms: set[str | None] = set()
        self.is_connected = False
        self.user: Any = None


Room = dict[str, Client]


class ChatManager(socketio.Manager):  # type: ignore[misc]
    """Implements the parts of python-socketio's manager that the server calls. Room None holds everybody."""

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[tuple[str, str], Client] = {}
        self._by_eio: dict[tuple[str, str], Client] = {}
        self._rooms: dict[tuple[str, str | None], Room] = {}
        self._namespaces: dict[str, None] = {}
        self._acks: OrderedDict[bytes, Callable[..., None]] = OrderedDict()
        self._ack_ids = itertools.count(1)

    def fan_out(self, event: str, payload: Any, namespace: str, rooms: Iterable[str], acked: Acknowledged) -> None:
        """Sends an event to every client in any of the rooms, once. `acked` is called for each client that acks it."""
        number = self._await_acks(acked)
        text = b"2%s,%b%s" % (namespace.encode(), number, orjson.dumps([event, payload]))
        clients = self._clients_in(namespace, rooms)
        counters.deliveries += len(clients)
        self._write(text, clients)

    def send_all(self, events: Iterable[tuple[str, Any]], namespace: str, room: str | None) -> None:
        """Sends several events to a room: encodes them once, and writes them to each connection together."""
        texts = [b"2%s,%s" % (namespace.encode(), orjson.dumps([event, payload])) for event, payload in events]
        joined = b"".join(build(TEXT, b"4" + text) for text in texts)
        for client in list(self._rooms.get((namespace, room), {}).values()):
            client.peer.send_joined(texts, joined)

    def acknowledge(self, client: Client, number: int, response: Any) -> None:
        """Sends the ack of a client's event."""
        self._write(b"3%s,%d%s" % (client.namespace.encode(), number, orjson.dumps([response])), [client])

    def acked(self, eio_sid: str, namespace: str, number: bytes) -> None:
        """Handles an ack by the id of its event. Unknown ids are ignored."""
        listener = self._acks.get(number)
        if listener is None:
            return
        client = self._by_eio.get((namespace, eio_sid))
        # A client without a user has been sent no event that it could ack.
        if client is not None and client.user is not None:
            listener(client)

    def client_of(self, eio_sid: str, namespace: str) -> Client | None:
        """A connection's client in a namespace, accepted or about to be."""
        return self._by_eio.get((namespace, eio_sid))

    def client(self, sid: str, namespace: str) -> Client | None:
        return self._clients.get((namespace, sid))

    def has_room(self, namespace: str, room: str) -> bool:
        """Whether anybody is in a room."""
        return (namespace, room) in self._rooms

    # What python-socketio's server calls.

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: str | None = None,
        skip_sid: Any = None,
        callback: Callable[..., None] | None = None,
        to: str | None = None,
        **_options: Any,
    ) -> None:
        target = to or room
        client = self._clients.get((namespace, target)) if target is not None else None
        clients = [client] if client is not None else list(self._rooms.get((namespace, target), {}).values())
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        number = b""
        if callback is not None:
            number = self._await_acks(lambda _client: callback())
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        text = b"2%s,%s%s" % (namespace.encode(), number, orjson.dumps([event, *arguments]))
        self._write(text, [client for client in clients if client.sid not in skipped])

    def get_namespaces(self) -> Iterator[str]:
        return iter(list(self._namespaces))

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        for client in list(self._rooms.get((namespace, room), {}).values()):
            yield client.sid, client.eio_sid

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        if (namespace, eio_sid) in self._by_eio:
            return None
        sid: str = self.server.eio.generate_id()
        client = Client(sid, eio_sid, namespace, HoldingPeer(self.server.peer_of(eio_sid)))
        self._clients[namespace, sid] = client
        self._by_eio[namespace, eio_sid] = client
        self._enter(client, None)
        return sid

    def connect(self, sid: str, namespace: str) -> str:
        """Called after the acceptance was sent to the client. Sends what was sent to its rooms meanwhile."""
        client = self._clients[namespace, sid]
        client.is_connected = True
        if isinstance(client.peer, HoldingPeer):
            peer = client.peer.release()
            if peer is None:
                note_closing(client.eio_sid, "held_bytes")
                self.server.close_transport(client.eio_sid)
            else:
                client.peer = peer
        return sid

    def is_connected(self, sid: str, namespace: str) -> bool:
        client = self._clients.get((namespace, sid))
        return client is not None and client.is_connected

    def can_disconnect(self, sid: str, namespace: str) -> bool:
        return self.is_connected(sid, namespace)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:
        client = self._clients.get((namespace, sid))
        if client is None:
            return None
        client.is_connected = False
        return client.eio_sid

    def disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        client = self._clients.pop((namespace, sid), None)
        if client is None:
            return
        self._by_eio.pop((namespace, client.eio_sid), None)
        for room in list(client.rooms):
            self._leave(client, room)

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:
        client = self._by_eio.get((namespace, eio_sid))
        return client.sid if client is not None else None

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:
        client = self._clients.get((namespace, sid))
        return client.eio_sid if client is not None else None

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        client = self._clients.get((namespace, sid))
        if client is None:
            raise ValueError("sid is not connected to requested namespace")
        self._enter(client, room)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:
        client = self._clients.get((namespace, sid))
        if client is not None:
            self._leave(client, room)

    def close_room(self, room: str, namespace: str) -> None:
        for client in list(self._rooms.get((namespace, room), {}).values()):
            self._leave(client, room)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        client = self._clients.get((namespace, sid))
        return [room for room in client.rooms if room is not None] if client is not None else []

    def _await_acks(self, acked: Callable[..., None]) -> bytes:
        number = b"%d" % next(self._ack_ids)
        self._acks[number] = acked
        if len(self._acks) > KEPT_ACKS:
            self._acks.popitem(last=False)
            counters.dropped["awaited_acks"] += 1
        return number

    def _enter(self, client: Client, room: str | None) -> None:
        self._rooms.setdefault((client.namespace, room), {})[client.sid] = client
        client.rooms.add(room)
        if room is None:
            self._namespaces[client.namespace] = None

    def _leave(self, client: Client, room: str | None) -> None:
        client.rooms.discard(room)
        members = self._rooms.get((client.namespace, room))
        if members is None:
            return
        members.pop(client.sid, None)
        if not members:
            del self._rooms[client.namespace, room]
            if room is None:
                del self._namespaces[client.namespace]

    def _clients_in(self, namespace: str, rooms: Iterable[str]) -> list[Client]:
        found = [self._rooms.get((namespace, room), {}) for room in rooms]
        if len(found) == 1:
            return list(found[0].values())
        return list({sid: client for room in found for sid, client in room.items()}.values())

    def _write(self, text: bytes, clients: Iterable[Client]) -> None:
        frame = build(TEXT, b"4" + text)
        for client in clients:
            client.peer.send_text(text, frame)
