"""Prepared statements for frequent reads: compiled once, and executed on the database driver's own cursor.

Building a SQLAlchemy statement costs ten times as much as running it. Executing a built statement through SQLAlchemy
still costs more than the database's part of the work. A page of history runs four statements. The type conversions of a
statement's parameters and columns are prepared once, too.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from flask import current_app
from sqlalchemy import CompoundSelect, Engine, Select

from chatapp.extensions import db

Processor = Callable[[Any], Any]
Statement = Select[Any] | CompoundSelect[Any]


class StatementRunner:
    """Runs statements against one database.

    With `shares_connection` all statements use one connection. That is for SQLite on the event loop, where a read never
    yields to another greenlet. Otherwise each statement borrows the connection of the caller's ORM session.
    """

    def __init__(self, engine: Engine, *, shares_connection: bool) -> None:
        self._engine = engine
        self._connection: Any = engine.raw_connection() if shares_connection else None
        self._prepared: dict[Statement, PreparedStatement] = {}
        self._cached: dict[Statement, tuple[int, dict[Any, Any]]] = {}

    def rows(self, statement: Statement, values: dict[str, Any], *, is_named: bool) -> Sequence[Any]:
        """All rows. Columns are accessible by position, and with `is_named` by name."""
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = PreparedStatement(statement, self._engine)
        # The driver's connection: each call through the pool's proxy costs as much as fetching a row.
        connection: Any = (self._connection or db.session.connection().connection).driver_connection
        try:
            cursor = connection.cursor()
            cursor.execute(prepared.sql, prepared.parameters(values))
            return prepared.rows(cursor.fetchall()) if is_named else cursor.fetchall()
        except prepared.errors:
            # SQLAlchemy runs it again, raises its own error class, and discards a broken connection.
            return db.session.connection().execute(statement, values).all()

    def cached(self, statement: Statement, keys: Set[Any], version: int) -> Mapping[Any, Any]:
        cached_version, values = self._cached.get(statement, (version, {}))
        if cached_version != version:
            values = {}
        self._cached[statement] = version, values
        # Not `keys - values.keys()`: that iterates over all cached values.
        for key in [key for key in keys if key not in values]:
            values[key] = self.rows(statement, {"key": key}, is_named=False)[0][0]
        return values

    def release_connection(self) -> None:
        """Returns a borrowed connection to the pool."""
        if self._connection is None:
            db.session.remove()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class PreparedStatement:
    """A statement compiled for one database dialect, with the conversions of its parameters and columns."""

    def __init__(self, statement: Statement, engine: Engine) -> None:
        dialect = engine.dialect
        compiled: Any = statement.compile(engine)
        columns = statement.selected_columns
        self.sql = str(compiled)
        self.errors: type[Exception] = dialect.loaded_dbapi.Error
        self._names: list[str] | None = compiled.positiontup
        self._constants = dict(compiled.params)
        self._parameter_processors: dict[str, Processor] = {}
        for name, bind in compiled.binds.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if processor is not None:
                self._parameter_processors[name] = processor
        make_class: Any = namedtuple
        self._make_row: Callable[[Sequence[Any]], Any] = make_class("Row", columns.keys())._make
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._column_processors = processors if any(processors) else None

    def parameters(self, values: dict[str, Any]) -> Any:
        """The values in the driver's form: a list for positional placeholders, else a dictionary by name."""
        parameters = {**self._constants, **values}
        for name, processor in self._parameter_processors.items():
            parameters[name] = processor(parameters[name])
        return parameters if self._names is None else [parameters[name] for name in self._names]

    def rows(self, raw: Sequence[Sequence[Any]]) -> Sequence[Any]:
        processors = self._column_processors
        if processors is not None:
            raw = [[process(value) if process else value for process, value in zip(processors, row)] for row in raw]  # noqa: B905
        return list(map(self._make_row, raw))


def rows(statement: Statement, **values: Any) -> Sequence[Any]:
    """All rows of a statement with these values for its `bindparam`s."""
    return _runner().rows(statement, values, is_named=True)


def tuples(statement: Statement, **values: Any) -> Sequence[Any]:
    """As `rows`, but as the driver's plain tuples, without conversions: faster, for columns of numbers and text."""
    return _runner().rows(statement, values, is_named=False)


def cached(statement: Statement, keys: Set[Any], version: int) -> Mapping[Any, Any]:
    """Values by key that stay the same within a version: each is read once for a version.

    The statement selects one column by its `bindparam("key")`. The row for each key must exist. The result may hold
    more keys than were asked for.
    """
    return _runner().cached(statement, keys, version)


def row_or_none(statement: Statement, **values: Any) -> Any | None:
    """The first row of a statement, or None."""
    result = rows(statement, **values)
    return result[0] if result else None


def release_connection() -> None:
    """Returns the caller's connection to the pool. Called before a wait, which must not hold a pooled connection."""
    _runner().release_connection()


def _runner() -> StatementRunner:
    runner: StatementRunner = current_app.extensions["chatapp.statements"]
    return runner
