"""Rows in every table of a database of an earlier version, whose models there are no more."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table

from chatapp.migrations import SEARCH_INDEX

ROWS = 3
"""In the last row of each table everything that may be NULL is."""

Rows = dict[str, list[dict[str, Any]]]

WORDS = {
    ("conversation", "kind"): "group",
    ("user", "role"): "member",
    ("conversation_preference", "level"): "none",
    ("installation_setting", "value"): '"a value"',
}
"""What a column takes that does not take any text."""
NO_VALUE = {("conversation", "direct_key"), ("conversation", "root_conversation_id"), ("conversation", "root_sequence")}
"""Columns that only some rows may have, by a constraint."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables with their columns, those that others refer to first. The index of the search is no data."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith((*SEARCH_INDEX, "alembic_version", "sqlite_")))
    return found.sorted_tables


def fill(connection: Connection) -> None:
    """Row n of each table refers to row n of others."""
    for table in tables_of(connection):
        connection.execute(sa.insert(table), list(_rows_for(table)))


def rows_of(connection: Connection) -> Rows:
    """All rows by table, in the order of their primary keys."""
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]
        for table in tables_of(connection)
    }


def _rows_for(table: Table) -> Iterator[dict[str, Any]]:
    for number in range(1, ROWS + 1):
        yield {column.name: _value(table, column, number) for column in table.columns}


def _value(table: Table, column: "sa.Column[Any]", number: int) -> Any:
    place = table.name, column.name
    if place in NO_VALUE or (column.nullable and number == ROWS):
        return None
    for key in column.foreign_keys:
        return _value(key.column.table, key.column, number)
    if isinstance(column.type, sa.Boolean):
        return number % 2 == 0
    if isinstance(column.type, sa.Integer | sa.Numeric):
        return number
    if isinstance(column.type, sa.JSON):
        return {column.name: number}
    if isinstance(column.type, sa.LargeBinary):
        return bytes([number])
    if isinstance(column.type, sa.String):
        return (WORDS.get(place) or f"{number} {column.name} äß")[: column.type.length]
    raise NotImplementedError(f"{place}: {column.type}")
