"""The manager's tables, compared with a simple model for any order of operations."""

from collections import Counter
from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.engine.manager_with_inboxes import new_manager

NAMESPACES = ["/chat", "/other"]
ROOMS = [f"room {number}" for number in range(4)]


class ManagerMachine(RuleBasedStateMachine):
    sids = Bundle("sids")

    def __init__(self) -> None:
        super().__init__()
        self.manager = new_manager()
        self.rooms: dict[tuple[str, str], set[str]] = {}
        """The model: the rooms of each (namespace, sid)."""
        self.eio: dict[tuple[str, str], str] = {}
        self.sent: Counter[str] = Counter()
        self.acks: dict[int, list[str]] = {}
        self.connected: set[tuple[str, str]] = set()
        self.held: dict[tuple[str, str], list[Any]] = {}
        """The events that each client is sent when it is connected."""

    @rule(target=sids, eio_sid=st.sampled_from("abcdef"), namespace=st.sampled_from(NAMESPACES))
    def pre_connect(self, eio_sid: str, namespace: str) -> tuple[str, str]:
        is_there = any(key[0] == namespace and eio == eio_sid for key, eio in self.eio.items())
        sid = self.manager.pre_connect(eio_sid, namespace)
        assert (sid is None) == is_there
        if sid is None:
            return namespace, "nobody"
        key = namespace, sid
        self.rooms[key], self.eio[key], self.held[key] = set(), eio_sid, []
        client = self.manager.client(sid, namespace)
        assert client is not None
        client.user = sid
        return key

    @rule(key=sids)
    def connect(self, key: tuple[str, str]) -> None:
        if key in self.rooms:
            self.manager.connect(key[1], key[0])
            self.connected.add(key)
            held = self.held.pop(key, [])
            got = self._taken()
            assert [parsed(text, key[0])[1] for texts in got.values() for text in texts] == held
            assert set(got) <= {self.eio[key]}

    @rule(key=sids, room=st.sampled_from(ROOMS))
    def enter(self, key: tuple[str, str], room: str) -> None:
        try:
            self.manager.enter_room(key[1], key[0], room)
        except ValueError:
            assert key not in self.rooms
        else:
            self.rooms[key].add(room)

    @rule(key=sids, room=st.sampled_from(ROOMS))
    def leave(self, key: tuple[str, str], room: str) -> None:
        self.manager.leave_room(key[1], key[0], room)
        self.rooms.get(key, set()).discard(room)

    @rule(namespace=st.sampled_from(NAMESPACES), room=st.sampled_from(ROOMS))
    def close_room(self, namespace: str, room: str) -> None:
        self.manager.close_room(room, namespace)
        for key, rooms in self.rooms.items():
            if key[0] == namespace:
                rooms.discard(room)

    @rule(key=consumes(sids))
    def disconnect(self, key: tuple[str, str]) -> None:
        assert self.manager.pre_disconnect(key[1], key[0]) == self.eio.get(key)
        self.manager.disconnect(key[1], key[0])
        self.manager.disconnect(key[1], key[0])
        self.rooms.pop(key, None)
        self.eio.pop(key, None)
        self.held.pop(key, None)
        self.connected.discard(key)

    @rule(namespace=st.sampled_from(NAMESPACES), rooms=st.lists(st.sampled_from(ROOMS), max_size=4))
    def fan_out(self, namespace: str, rooms: list[str]) -> None:
        """Each client in any of the rooms receives the event once, all with one ack id, and each ack is reported."""
        heard: list[str] = []
        self.manager.fan_out("event", {"a": 1}, namespace, rooms, lambda client: heard.append(client.sid))
        members = [key for key, own in self.rooms.items() if key[0] == namespace and own & set(rooms)]
        wanted = {sid for _, sid in self._sent_now(members, [["event", {"a": 1}]])}
        got = self._taken()
        assert sorted(got) == sorted(self.eio[namespace, sid] for sid in wanted)
        assert len({text for texts in got.values() for text in texts}) <= 1
        for texts in got.values():
            (text,) = texts
            number, event = parsed(text, namespace)
            assert event == ["event", {"a": 1}]
            assert number not in self.acks
        for eio_sid, texts in got.items():
            number, _ = parsed(texts[0], namespace)
            self.manager.acked(eio_sid, namespace, b"%d" % number)
            self.manager.acked(eio_sid, namespace, b"%d" % (number + 1_000_000))
            self.manager.acked("nobody", namespace, b"%d" % number)
            self.acks[number] = heard
        assert sorted(heard) == sorted(wanted)

    @rule(namespace=st.sampled_from(NAMESPACES), room=st.sampled_from([None, *ROOMS]), number=st.integers(0, 3))
    def send_all(self, namespace: str, room: str | None, number: int) -> None:
        self.manager.send_all([("event", at) for at in range(number)], namespace, room)
        members = [key for key, own in self.rooms.items() if key[0] == namespace and (room is None or room in own)]
        wanted = self._sent_now(members, [["event", at] for at in range(number)])
        got = self._taken()
        assert sorted(got) == sorted(self.eio[key] for key in wanted if number)
        for texts in got.values():
            assert [parsed(text, namespace)[1] for text in texts] == [["event", at] for at in range(number)]

    @rule(key=sids, data=st.sampled_from([None, {"a": 1}, (1, 2), "text"]))
    def emit_to_one(self, key: tuple[str, str], data: Any) -> None:
        self.manager.emit("event", data, key[0], room=key[1])
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        wanted = self._sent_now([key] if key in self.rooms else [], [["event", *arguments]])
        got = self._taken()
        assert list(got) == [self.eio[one] for one in wanted]
        assert all(parsed(text, key[0])[1] == ["event", *arguments] for texts in got.values() for text in texts)

    @rule(namespace=st.sampled_from(NAMESPACES), room=st.sampled_from([None, *ROOMS]), skipped=sids)
    def emit_to_a_room_but_one(self, namespace: str, room: str | None, skipped: tuple[str, str]) -> None:
        self.manager.emit("event", 1, namespace, room=room, skip_sid=skipped[1])
        members = [
            key
            for key, own in self.rooms.items()
            if key[0] == namespace and (room is None or room in own) and key[1] != skipped[1]
        ]
        wanted = self._sent_now(members, [["event", 1]])
        assert sorted(self._taken()) == sorted(self.eio[key] for key in wanted)

    @invariant()
    def tables_are_the_model_s(self) -> None:
        for namespace in NAMESPACES:
            for room in ROOMS:
                wanted = {
                    (key[1], self.eio[key]) for key, own in self.rooms.items() if key[0] == namespace and room in own
                }
                assert set(self.manager.get_participants(namespace, room)) == wanted
                assert self.manager.has_room(namespace, room) == bool(wanted)
        assert set(self.manager.get_namespaces()) == {namespace for namespace, _ in self.rooms}
        for key, own in self.rooms.items():
            assert set(self.manager.get_rooms(key[1], key[0])) == own
            assert self.manager.is_connected(key[1], key[0]) == (key in self.connected)
            assert self.manager.sid_from_eio_sid(self.eio[key], key[0]) == key[1]
            assert self.manager.eio_sid_from_sid(key[1], key[0]) == self.eio[key]

    def teardown(self) -> None:
        """A namespace without clients leaves no entries."""
        for namespace, sid in list(self.rooms):
            self.manager.disconnect(sid, namespace)
        assert not self.manager._clients
        assert not self.manager._by_eio
        assert not self.manager._rooms
        assert not list(self.manager.get_namespaces())

    def _sent_now(self, members: list[tuple[str, str]], events: list[Any]) -> list[tuple[str, str]]:
        """Returns the members that are sent the events at once. The others are sent them when they are connected."""
        for key in members:
            if key not in self.connected:
                self.held[key] += events
        return [key for key in members if key in self.connected]

    def _taken(self) -> dict[str, list[bytes]]:
        """Returns what was written since the last call, by connection."""
        server: Any = self.manager.server
        found = {eio_sid: inbox.texts for eio_sid, inbox in server.inboxes.items() if inbox.texts}
        for eio_sid in found:
            server.inboxes[eio_sid].texts = []
        return found


def parsed(text: bytes, namespace: str) -> tuple[int, Any]:
    head = b"2%s," % namespace.encode()
    assert text.startswith(head)
    digits, bracket, rest = text[len(head) :].partition(b"[")
    return int(digits or b"0"), orjson.loads(bracket + rest)


ManagerMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


TestManager = ManagerMachine.TestCase
