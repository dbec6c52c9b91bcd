"""What this process has counted since its start: plain numbers, which cost a few nanoseconds each.

prometheus_client takes a lock and a dictionary look-up for each increment. It only reads these numbers when it is asked
for them (`exposition.py`). With threads an increment may get lost, which does not matter to a rate.
"""

from bisect import bisect_left
from collections import Counter

ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0)
"""2 s is the default of `CHATAPP_DELIVERY_ACK_WINDOW`, where the acks of messages without a confirmation gather."""
SHORT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
BATCH_DRAFTS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""500 is the largest batch (`journal/batching.py`)."""


class Histogram:
    """Counts observed values by the first bound that is not below them."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Counters:
    """Reads as a list of what is counted. A `Counter` is by the values of its labels, in the order that its docstring
    says."""

    def __init__(self) -> None:
        self.messages = 0
        """Messages stored by this process."""
        self.deliveries = 0
        """Messages handed to a connection, once for each connection."""
        self.ack_seconds = Histogram(ACK_SECONDS)
        """From the arrival of a message to its ack."""
        self.batch_drafts = Histogram(BATCH_DRAFTS)
        """Drafts (messages, reactions and votes) in a transaction."""
        self.commit_seconds = Histogram(SHORT_SECONDS)
        self.bus_seconds = Histogram(SHORT_SECONDS)
        """From the time at which another process wrote notices until they arrived here."""
        self.requests: Counter[tuple[str, str, str]] = Counter()
        """HTTP requests by method, route and status."""
        self.request_seconds = Histogram(SHORT_SECONDS)
        self.refusals: Counter[tuple[str, str]] = Counter()
        """By door (see DOORS) and code."""
        self.closed: Counter[str] = Counter()
        """Connections that were closed because they reached a limit, by its name (see CLOSING)."""
        self.paused: Counter[str] = Counter()
        """How often a connection was not read for a while because it reached a limit, by its name (see PAUSING)."""
        self.dropped: Counter[str] = Counter()
        """What was given up because there was too much of it, by its name (see DROPPED)."""
        self.uploads = 0
        """Files that arrived completely."""
        self.upload_bytes = 0
        self.jobs: Counter[tuple[str, str]] = Counter()
        """Runs of jobs by kind and outcome (see OUTCOMES)."""


DOORS = ("http", "socket", "transport")
"""Where a request is refused: a route, an event or a connection of the namespace, or before there is either."""

CLOSING = {
    "outgoing_bytes": "the client reads too slowly",
    "held_bytes": "too much was sent to the client before it was accepted",
    "message_bytes": "the client sent too large a message",
    "heartbeat": "the client answered no heartbeat",
    "join_timeout": "the client joined no namespace",
}
"""The limits beyond which a connection is closed, each with the reason."""

PAUSING = ("unsent_bytes", "unacked_bytes", "waiting_events", "refused_events")
"""The limits beyond which a connection is not read for a while."""

DROPPED = ("awaited_acks", "mail")
"""What is given up beyond a limit: listening for the oldest event's acks, and letters to strangers."""

OUTCOMES = ("done", "again", "retried", "failed", "lost")
"""How a run of a job ends: it is done, has done a part, is tried again, has failed for good, or took longer than its
lease."""

counters = Counters()
