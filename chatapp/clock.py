"""The only clock. Instants are UTC-aware datetimes in the code, and ISO 8601 with milliseconds on the wire."""

import time
from datetime import UTC, datetime
from functools import lru_cache

MILLISECONDS_END = len("2026-01-31T12:00:00.123")


def now() -> datetime:
    """The current instant in UTC, with microseconds."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never runs backwards, for time-outs and deadlines."""
    return time.monotonic()


_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60)]
_SECONDS = [f"{second:02d}." for second in range(60)]
_MILLISECONDS = [f"{millisecond:03d}Z" for millisecond in range(1000)]


@lru_cache(4096)
def _day(days: int) -> str:
    return time.strftime("%Y-%m-%dT", time.gmtime(days * 86_400))


def microseconds_to_iso(microseconds: int) -> str:
    """As `to_iso`, for the database's form of an instant: microseconds since 1970 UTC.

    Dates, minutes, seconds and milliseconds are kept as text, since a page of history formats fifty instants, and a
    list of ten thousand conversations two for each.
    """
    days, rest = divmod(microseconds // 1000, 86_400_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{_day(days)}{_MINUTES[minutes]}{_SECONDS[rest // 1000]}{_MILLISECONDS[rest % 1000]}"


def to_iso(instant: datetime) -> str:
    """`2026-01-31T12:00:00.123Z`: the format that JavaScript's `Date` parses and writes."""
    return instant.isoformat(timespec="milliseconds")[:MILLISECONDS_END] + "Z"
