"""Builds `VALUES` lists with placeholders, and their parameters."""

from collections.abc import Iterable
from typing import Any


def value_rows(width: int, count: int) -> str:
    """`(?, ?), (?, ?)` for a width of 2 and a count of 2."""
    return ", ".join([f"({', '.join('?' * width)})"] * count)


def flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """The parameters of all rows, one after the other."""
    return [value for row in rows for value in row]
