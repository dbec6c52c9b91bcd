"""Builds lists of placeholders, and their parameters."""

from collections.abc import Collection, Iterable
from typing import Any


def placeholders(values: Collection[Any]) -> str:
    """`?, ?` for two values."""
    return ", ".join("?" * len(values))


def value_rows(width: int, count: int) -> str:
    """`(?, ?), (?, ?)` for a width of 2 and a count of 2."""
    return ", ".join([f"({', '.join('?' * width)})"] * count)


def flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """The parameters of all rows, one after the other."""
    return [value for row in rows for value in row]
