"""A manager whose clients record what is written to them."""

import itertools

from chatapp.realtime.engine.manager import ChatManager, Client


class Inbox:
    """Records what is written to a client."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []

    def send_text(self, text: bytes, frame: bytes) -> None:
        assert frame.endswith(b"4" + text)
        self.texts.append(text)

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        assert all(text in frames for text in texts)
        self.texts += texts

    def ack_deferred(self) -> None: ...

    def ack_sent(self) -> None: ...


class Ids:
    """The part of the server that the manager uses: new ids, and the peer to write to."""

    def __init__(self) -> None:
        self.eio = self
        self.inboxes: dict[str, Inbox] = {}
        self._numbers = itertools.count()

    def generate_id(self) -> str:
        return f"sid {next(self._numbers)}"

    def peer_of(self, eio_sid: str) -> Inbox:
        return self.inboxes.setdefault(eio_sid, Inbox())


def new_manager() -> ChatManager:
    manager = ChatManager()
    manager.server = Ids()
    return manager


def join(manager: ChatManager, eio_sid: str, *rooms: str) -> Client:
    sid = manager.pre_connect(eio_sid, "/chat")
    assert sid is not None
    manager.connect(sid, "/chat")
    for room in rooms:
        manager.enter_room(sid, "/chat", room)
    client = manager.client(sid, "/chat")
    assert client is not None
    client.user = eio_sid
    return client
