"""When the server stops reading from a session, so that TCP slows the client down."""

from typing import Any

from chatapp.metrics.counters import counters
from chatapp.realtime.engine.websocket_transport import Transport

PACKET_BYTES = 256
"""Counted for each packet in addition to its data."""

MOST_UNACKED_BYTES = 1_048_576
"""Limit of one connection's messages that are not yet acked. Beyond it the server stops reading from the connection
until half of that is acked. The client receives each message twice, as the event and in its ack. One commit may store
all of them, and one confirmation may ack all of them, so together they must fit into the output buffer
(`bounds.SMALLEST_BUFFER_BYTES`)."""

POLL_SECONDS = 0.02
"""Interval at which a POST request of a session that is not read checks whether it may continue."""


class FlowControl:
    """The part of a session that decides whether its client is read."""

    server: Any
    transport: Transport | None
    backlog: Any
    closed: bool
    unacked_bytes = 0
    is_ignored = False

    def ack_deferred(self, size: int) -> None:
        """Counts a message whose ack is sent later, and stops reading beyond MOST_UNACKED_BYTES."""
        before = self.unacked_bytes
        self.unacked_bytes = before + PACKET_BYTES + size
        if self.unacked_bytes > MOST_UNACKED_BYTES and self.transport is not None:
            counters.paused["unacked_bytes"] += before <= MOST_UNACKED_BYTES
            self.transport.pause()

    def ack_sent(self, size: int) -> None:
        """Uncounts an acked message, and resumes reading once half of MOST_UNACKED_BYTES is acked."""
        before = self.unacked_bytes
        self.unacked_bytes = before - PACKET_BYTES - size
        if before > MOST_UNACKED_BYTES // 2 >= self.unacked_bytes:
            self.resume_reading()

    def ignore(self, seconds: float) -> None:
        """Stops reading for so long, because the client keeps sending what is refused."""
        if self.is_ignored:
            return
        self.is_ignored = True
        counters.paused["refused_events"] += 1
        if self.transport is not None:
            self.transport.pause()
        self.server.pump.loop.call_later(seconds, self._end_ignoring)

    def resume_reading(self) -> None:
        """Resumes reading unless the backlog, unacked messages or refusals still prevent it."""
        is_busy = self.backlog is not None or self.unacked_bytes >= MOST_UNACKED_BYTES
        if self.transport is not None and not is_busy and not self.is_ignored:
            self.transport.resume()

    @property
    def is_paused(self) -> bool:
        """See `heartbeats.PingedSession`."""
        return self.is_ignored or (self.transport is not None and self.transport.is_paused)

    def wait_until_read(self) -> None:
        """Lets others run, and waits until the session is read again. For POST requests."""
        self.server.sleep(0)
        while (self.is_ignored or self.unacked_bytes >= MOST_UNACKED_BYTES) and not self.closed:
            self.server.sleep(POLL_SECONDS)

    def _end_ignoring(self) -> None:
        self.is_ignored = False
        self.resume_reading()
