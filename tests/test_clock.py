"""Timestamps on the wire."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from chatapp.clock import microseconds_to_iso, to_iso

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_a_timestamp_is_written_as_in_javascript() -> None:
    assert to_iso(datetime(2026, 1, 31, 12, 0, 0, 123_999, UTC)) == "2026-01-31T12:00:00.123Z"


@given(st.integers(0, 253_402_300_799_999_999))
@example(1_709_251_199_999_999)  # the last microsecond of a leap day
@example(0)
def test_stored_microseconds_are_written_like_a_datetime(microseconds: int) -> None:
    """Up to the end of the year 9999."""
    assert microseconds_to_iso(microseconds) == to_iso(EPOCH + timedelta(microseconds=microseconds))
