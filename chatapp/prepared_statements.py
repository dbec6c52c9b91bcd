"""How actions read what is read often: statements compiled once, run on the database driver's own cursor.

Building a statement costs ten times what running it does, and SQLAlchemy's execution of a built one still more than
the database's own part; a page of history runs four. What the statement's types say of values and columns is kept.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from flask import current_app
from sqlalchemy import CompoundSelect, Engine, Select

from chatapp.extensions import db

Process = Callable[[Any], Any]
Statement = Select[Any] | CompoundSelect[Any]


class StatementRunner:
    """Runs statements for one database. On the event loop SQLite's reads do not yield, so that one connection serves
    all; otherwise each borrows that of its caller's session."""

    def __init__(self, engine: Engine, *, shares_connection: bool) -> None:
        self._engine = engine
        self._connection: Any = engine.raw_connection() if shares_connection else None
        self._prepared: dict[Statement, PreparedStatement] = {}
        self._cached: dict[Statement, dict[Any, Any]] = {}

    def rows(self, statement: Statement, values: dict[str, Any], *, is_named: bool) -> Sequence[Any]:
        """All rows, each with its columns by position and, if wanted, by name."""
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = PreparedStatement(statement, self._engine)
        # The driver's own: every step through a pool's stand-in for it costs as much as one row.
        connection: Any = (self._connection or db.session.connection().connection).driver_connection
        try:
            cursor = connection.cursor()
            cursor.execute(prepared.sql, prepared.parameters(values))
            return prepared.rows(cursor.fetchall()) if is_named else cursor.fetchall()
        except prepared.errors:
            # Once more by SQLAlchemy, which tells what is wrong in its own words, and throws away a connection that is.
            return db.session.connection().execute(statement, values).all()

    def cached(self, statement: Statement, keys: Set[Any]) -> Mapping[Any, Any]:
        found = self._cached.setdefault(statement, {})
        # Not the one's keys less the other's: that goes through all that are kept.
        for key in [key for key in keys if key not in found]:
            found[key] = self.rows(statement, {"key": key}, is_named=False)[0][0]
        return found

    def release_connection(self) -> None:
        """Gives a borrowed connection back."""
        if self._connection is None:
            db.session.remove()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


class PreparedStatement:
    """A statement in a database's own dialect."""

    def __init__(self, statement: Statement, engine: Engine) -> None:
        dialect = engine.dialect
        compiled: Any = statement.compile(engine)
        columns = statement.selected_columns
        self.sql = str(compiled)
        self.errors: type[Exception] = dialect.loaded_dbapi.Error
        self._names: list[str] | None = compiled.positiontup
        self._constants = dict(compiled.params)
        self._into: dict[str, Process] = {}
        for name, bind in compiled.binds.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if process is not None:
                self._into[name] = process
        make_class: Any = namedtuple
        self._make: Callable[[Sequence[Any]], Any] = make_class("Row", columns.keys())._make
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._from = found if any(found) else None

    def parameters(self, values: dict[str, Any]) -> Any:
        """The values as the driver takes them: in their order, or by their names."""
        given = {**self._constants, **values}
        for name, process in self._into.items():
            given[name] = process(given[name])
        return given if self._names is None else [given[name] for name in self._names]

    def rows(self, raw: Sequence[Sequence[Any]]) -> Sequence[Any]:
        if self._from is not None:
            pairs = [[process(value) if process else value for process, value in zip(self._from, row)] for row in raw]  # noqa: B905
            return [self._make(row) for row in pairs]
        return [self._make(row) for row in raw]


def rows(statement: Statement, **values: Any) -> Sequence[Any]:
    """All rows of a statement, its `bindparam`s filled with the values."""
    return _reader().rows(statement, values, is_named=True)


def tuples(statement: Statement, **values: Any) -> Sequence[Any]:
    """As `rows`, for many: as the driver gives them, which is for columns of plain numbers and text."""
    return _reader().rows(statement, values, is_named=False)


def cached(statement: Statement, keys: Set[Any]) -> Mapping[Any, Any]:
    """For what never changes: what a statement gives for each value of its `bindparam("key")`, which has to exist, read
    once in the life of the application. There may be more in it than was asked for."""
    return _reader().cached(statement, keys)


def row_or_none(statement: Statement, **values: Any) -> Any | None:
    """The one row of a statement, or None."""
    found = rows(statement, **values)
    return found[0] if found else None


def release_connection() -> None:
    """For whoever may wait for something else now, and must not hold a connection of the pool while they do."""
    _reader().release_connection()


def _reader() -> StatementRunner:
    found: StatementRunner = current_app.extensions["chatapp.statements"]
    return found
