"""Do not disturb: whether a person's hours without notifications are now. The web client has the same rule."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_quiet(hours: Mapping[str, Any] | None, at: datetime) -> bool:
    """`hours` are in the form of the wire; None if do not disturb is off."""
    if hours is None:
        return False
    local = at.astimezone(_zone(str(hours["timeZone"])))
    day, minutes = local.isoweekday(), local.hour * 60 + local.minute
    start, end = _minutes(hours["from"]), _minutes(hours["to"])
    has_begun = day in hours["days"] and minutes >= start
    if start < end:
        return has_begun and minutes < end
    # Over midnight: the second part belongs to the day on which it began.
    return has_begun or ((day - 2) % 7 + 1 in hours["days"] and minutes < end)


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _zone(name: str) -> tzinfo:
    """A zone that the server does not know is taken for UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
