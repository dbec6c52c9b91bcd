"""Notes of connections that are closed since they reached a limit."""

import logging

from chatapp.logs.events import connection_name, event
from chatapp.metrics.counters import CLOSING, counters

log = logging.getLogger(__name__)


def note_closing(engine_id: str, limit: str) -> None:
    """Counts and logs it. `limit` is one of `counters.CLOSING`."""
    counters.closed[limit] += 1
    # A client that disappears is nothing to warn of.
    level = logging.WARNING if limit in ("outgoing_bytes", "held_bytes") else logging.INFO
    fields = event("connection_closed", connection=connection_name(engine_id), limit=limit)
    log.log(level, "A connection is closed: %s", CLOSING[limit], extra=fields)
