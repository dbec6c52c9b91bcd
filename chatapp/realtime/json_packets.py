"""Socket.IO packets with JSON by orjson, which is several times as fast as the standard library."""

import json
from typing import Any

import orjson
from socketio import packet


class OrJson:
    """The two functions of the module `json` that packets use."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            # Half a surrogate pair is legal in JSON's escapes. The standard library accepts it, so that the payload is
            # refused with an ack instead of being dropped.
            return json.loads(text)


LARGEST_ATTACHMENT_COUNT = 8
"""No event takes binary data. A few attachments are accepted so that the event can be refused with an ack; more would
let a client make the server hold memory."""


class ChatPacket(packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet that is encoded and decoded by orjson."""

    json = OrJson

    def decode(self, encoded_packet: str) -> int:
        """Raises ValueError for too many attachments, a binary packet without any, and a text packet with some."""
        count: int = super().decode(encoded_packet)
        is_binary = self.packet_type in (packet.BINARY_EVENT, packet.BINARY_ACK)
        if count > LARGEST_ATTACHMENT_COUNT or (count > 0) != is_binary:
            raise ValueError("too many attachments, or a count that does not fit the packet type")
        return count
