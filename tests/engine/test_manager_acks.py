"""Which acks the manager accepts."""

from types import SimpleNamespace

import pytest

from chatapp.realtime.engine.manager import KEPT_ACKS
from chatapp.realtime.engine.socketio_server import ChatServer
from tests.engine.manager_with_inboxes import join, new_manager


def test_acks_are_accepted_for_the_newest_events_only() -> None:
    manager, heard = new_manager(), []
    client = join(manager, "a", "room")
    for number in range(KEPT_ACKS + 10):
        manager.fan_out("e", None, "/chat", ["room"], lambda _client, number=number: heard.append(number))
    for number in (1, 10, 11, KEPT_ACKS + 10):
        manager.acked(client.eio_sid, "/chat", b"%d" % number)
    assert heard == [10, KEPT_ACKS + 9]
    assert len(manager._acks) == KEPT_ACKS
    for _ in range(100):
        manager.emit("e", None, "/chat", room="room", callback=lambda: None)
    assert len(manager._acks) == KEPT_ACKS


def test_an_ack_of_a_client_without_a_user_is_ignored() -> None:
    manager, heard = new_manager(), []
    client = join(manager, "a", "room")
    client.user = None
    manager.fan_out("e", None, "/chat", ["room"], heard.append)
    manager.acked("a", "/chat", b"1")
    assert heard == []
    client.user = "alice"
    manager.acked("a", "/chat", b"1")
    assert heard == [client]


@pytest.mark.parametrize(
    ("payload", "is_heard"),
    [
        (b"43/chat,1[]", True),
        (b'43/chat,1[{"a": "]"}]', True),
        (b"43/chat,1", False),
        (b"43/chat,1]", False),
        (b"43/chat,1}", False),
        (b"43/chat,[]", False),
        (b"43/chat,+1[]", False),
        (b"43/chat, 1[]", False),
        (b"43/chat,2[]", False),
        (b"43/chat,1" + b"0" * 20 + b"[]", False),
        (b'43/chat,1[{"success":true,"receiver":"false"}]', True),
        (b'43/chat,1[{"success":"false"}]', True),
        (b'43/chat,1[false,{"success":0,"a":false}]', True),
        (b'43/chat,1[{"a":{"success":false}}]', True),
        (b'43/chat,1[{"success":false', True),
        (b"43/chat,1" + b"[" * 200_000 + b"false", True),
        (b'43/chat,1[{"success":false}]', False),
        (b'43/chat,1[ null , { "receiver" : "bob" , "succe\\u0073s" :\tfalse } ]', False),
        (b'43/chat,1[{"success":false,"receiver":"\\ud800"}]', False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_ack_is_matched_by_the_id_of_its_event(payload: bytes, is_heard: bool) -> None:
    manager, heard = new_manager(), []
    join(manager, "a", "room")
    manager.fan_out("e", None, "/chat", ["room"], heard.append)
    server = ChatServer.__new__(ChatServer)
    server.manager = manager
    server.received(SimpleNamespace(sid="a"), payload)
    assert bool(heard) == is_heard
