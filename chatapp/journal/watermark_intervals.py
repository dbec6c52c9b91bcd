"""When raised watermarks are written."""

SINGLE_SECONDS = 0.25
"""Shortest interval between two writes of watermarks. Without it a group of 1,000 members who confirm each message
would cost 1,000 updates a message."""
SHARED_SECONDS = 0.03
"""The same on PostgreSQL, where an ack in another process may wait for the watermarks."""
AFTER_OUTAGE_SECONDS = 1.0
"""Delay before watermarks are written again after an outage."""

FLUSH_SECONDS = 0.25
"""How long a reader waits until the watermarks are written. After that it reads older ones."""


def watermarks_seconds(dialect: str) -> float:
    """The shortest interval between two writes of watermarks on this database."""
    return SINGLE_SECONDS if dialect == "sqlite" else SHARED_SECONDS
