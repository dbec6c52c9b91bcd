"""The only clock. Instants are UTC-aware datetimes inside, and ISO 8601 with milliseconds on the wire."""

import time
from datetime import UTC, datetime

MILLISECONDS_END = len("2026-01-31T12:00:00.123")


def now() -> datetime:
    """This instant, in UTC, to the microsecond."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back, for windows and deadlines."""
    return time.monotonic()


def to_iso(instant: datetime) -> str:
    """`2026-01-31T12:00:00.123Z`: what JavaScript's `Date` reads and writes itself."""
    return instant.isoformat(timespec="milliseconds")[:MILLISECONDS_END] + "Z"
