"""Which bus a configuration means."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Engine

from chatapp.bus.postgres import PostgresBus
from chatapp.bus.sqlite import SqliteBus
from chatapp.config import Settings
from chatapp.database import WriterConnection
from chatapp.notices import Notice


class Bus(Protocol):
    """Sends this process's notices, and hears those of the others (never its own)."""

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        """Called by the journal inside the transaction that makes the notices true."""

    def after_commit(self, notices: list[Notice]) -> None:
        """Called by the journal when they are true. Must not raise, and must not wait for long."""

    def listen(self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        """Starts listening. `catch_up` is called whenever notices may have been missed."""

    def close(self) -> None:
        """Stops listening."""


def make_bus(settings: Settings, engine: Engine) -> Bus:
    """Redis where a URL is set, else the database's own change notice."""
    if settings.redis_url:
        # Only here: its library takes a tenth of a start without it.
        from chatapp.bus.redis import RedisBus

        return RedisBus(settings.redis_url)
    if settings.is_sqlite:
        return SqliteBus(engine)
    return PostgresBus(engine)
