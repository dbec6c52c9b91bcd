"""The interface of a bus, and the choice of one by the configuration."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Engine

from chatapp.bus.postgres import PostgresBus
from chatapp.bus.sqlite import SqliteBus
from chatapp.config import Settings
from chatapp.journal.transaction import Publisher
from chatapp.notices import Notice


class Bus(Publisher, Protocol):
    """Publishes the notices of this process, and receives those of other processes, never its own."""

    def listen(self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        """Starts a thread that passes notices to `receive`. Calls `catch_up` when notices may have been lost."""

    def close(self) -> None:
        """Stops listening."""


def make_bus(settings: Settings, engine: Engine) -> Bus:
    """Returns the Redis bus if a URL is set, else the bus of the database."""
    if settings.redis_url:
        # Imported only if used, because the library's import takes a tenth of the time of a start.
        from chatapp.bus.redis import RedisBus

        return RedisBus(settings.redis_url)
    if settings.is_sqlite:
        return SqliteBus(engine)
    return PostgresBus(engine)
