"""What all tables share: the declarative base, names of constraints, and the column types of both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Id = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both; SQLite's rowid alias needs the word INTEGER."""

ZERO = text("0")
"""The database's own default of a counter."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    """Constraint names are fixed, so that a migration can name what it changes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970 UTC, the form that instants have in the database. Exact: no floating point."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(number: int) -> datetime:
    """The UTC-aware datetime of a stored instant."""
    return _EPOCH + timedelta(microseconds=number)


class Instant(TypeDecorator[datetime]):
    """A UTC-aware datetime as microseconds in a 64-bit integer: the same on every database, no time zone to lose."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)
