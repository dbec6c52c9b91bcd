"""The only clock. Instants are UTC-aware datetimes inside, and ISO 8601 with milliseconds on the wire."""

import time
from datetime import UTC, datetime
from functools import lru_cache

MILLISECONDS_END = len("2026-01-31T12:00:00.123")


def now() -> datetime:
    """This instant, in UTC, to the microsecond."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back, for windows and deadlines."""
    return time.monotonic()


@lru_cache(4096)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def microseconds_to_iso(microseconds: int) -> str:
    """As `to_iso`, of an instant as the database has it: microseconds since 1970 UTC."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{_second(seconds)}.{rest // 1000:03d}Z"


def to_iso(instant: datetime) -> str:
    """`2026-01-31T12:00:00.123Z`: what JavaScript's `Date` reads and writes itself."""
    return instant.isoformat(timespec="milliseconds")[:MILLISECONDS_END] + "Z"
