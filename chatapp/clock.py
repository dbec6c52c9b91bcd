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


_HOURS = [f"{hour:02d}:" for hour in range(24)]
_SECONDS = [f"{second // 60:02d}:{second % 60:02d}." for second in range(3600)]
_MILLISECONDS = [f"{millisecond:03d}Z" for millisecond in range(1000)]


@lru_cache(16_384)
def _hour(hours: int) -> str:
    days, hour = divmod(hours, 24)
    return _day(days) + _HOURS[hour]


@lru_cache(4096)
def _day(days: int) -> str:
    return time.strftime("%Y-%m-%dT", time.gmtime(days * 86_400))


def microseconds_to_iso(microseconds: int) -> str:
    """As `to_iso`, for the database's form of an instant: microseconds since 1970 UTC.

    Hours with their dates, the seconds of an hour, and milliseconds are cached as text, since a page of history formats
    fifty instants, and a list of conversations two for each. 16,384 hours are two years.
    """
    hours, rest = divmod(microseconds // 1000, 3_600_000)
    return _hour(hours) + _SECONDS[rest // 1000] + _MILLISECONDS[rest % 1000]


def to_iso(instant: datetime) -> str:
    """`2026-01-31T12:00:00.123Z`: the format that JavaScript's `Date` parses and writes."""
    return instant.isoformat(timespec="milliseconds")[:MILLISECONDS_END] + "Z"
