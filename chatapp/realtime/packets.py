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


PLAIN = {packet.BINARY_EVENT: packet.EVENT, packet.BINARY_ACK: packet.ACK}


class ChatPacket(packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet whose JSON is orjson's, and which awaits no attachments.

    Nothing here takes binary data. An event that comes with some is handled at once: the placeholders in it are as wrong
    as any other value, and are refused with an ack. What is announced costs no memory, sent or not.
    """

    json = OrJson

    def decode(self, encoded_packet: str) -> int:
        super().decode(encoded_packet)
        self.packet_type = PLAIN.get(self.packet_type, self.packet_type)
        return 0
