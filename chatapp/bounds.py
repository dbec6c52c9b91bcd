"""The settings of how much a client may make the server hold. See `chatapp.config`."""

from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.setting_field import setting

SMALLEST_PACKET_BYTES = 400_000
"""A message of 65,536 bytes takes up to six times as many in JSON."""

LARGEST_BODY_BYTES = 1_048_576
"""What the HTTP listener holds of a request."""

SMALLEST_BUFFER_BYTES = 2_621_440
"""A connection may be sent twice what `flow_control.MOST_UNACKED_BYTES` lets wait for acks."""


@dataclass(frozen=True)
class Bounds:
    request_bytes: int = setting(
        "1000000",
        "Largest body of an HTTP request, except files and pictures, in bytes",
        values.integer(SMALLEST_PACKET_BYTES, LARGEST_BODY_BYTES),
    )
    packet_bytes: int = setting(
        "1000000",
        "Largest WebSocket message, and largest request of a polling client, in bytes",
        values.integer(SMALLEST_PACKET_BYTES, LARGEST_BODY_BYTES),
    )
    json_depth: int = setting(
        "32", "How deep arrays and objects may be nested in what a client sends", values.integer(8, 500)
    )
    connection_bytes: int = setting(
        "4194304",
        "Bytes that may wait for a client who does not read; beyond that its connection is closed, and it catches up",
        values.integer(SMALLEST_BUFFER_BYTES, 1 << 30),
    )
    journal_bytes: int = setting(
        "67108864",
        "Bytes of messages, reactions and votes that may wait to be stored; beyond that they are refused with "
        "`unavailable`",
        values.integer(LARGEST_BODY_BYTES, 1 << 40),
    )
