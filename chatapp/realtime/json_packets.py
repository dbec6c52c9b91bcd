"""Socket.IO packets in orjson: several times faster than the standard library."""

import json
from typing import Any

import orjson
from socketio import packet


class OrJson:
    """The two functions of the json module that packets use."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            # Half a surrogate pair, legal in JSON's escapes: the payload is refused with an ack, not dropped unread.
            return json.loads(text)


MOST_ATTACHMENTS = 8
"""Nothing here takes binary data: a few are awaited so that the event can be refused with an ack. More would only be
memory that a client makes the server hold."""


class ChatPacket(packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet whose JSON is orjson's."""

    json = OrJson

    def decode(self, encoded_packet: str) -> int:
        """Raises ValueError for more attachments than are awaited, and for a binary packet without any."""
        count: int = super().decode(encoded_packet)
        is_binary = self.packet_type in (packet.BINARY_EVENT, packet.BINARY_ACK)
        if count > MOST_ATTACHMENTS or (count > 0) != is_binary:
            raise ValueError("too many attachments, or none where some were announced")
        return count
