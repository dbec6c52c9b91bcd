"""A proxy in front of PostgreSQL that can hang: it keeps connections and accepts new ones, but forwards nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import make_url

from tests.faults.tcp_proxy import Connection, TcpProxy


class PostgresProxy(TcpProxy):
    """Forwards a loopback port to the Unix socket of a database's server. `url` leads through it, `direct_url` not."""

    def __init__(self, url: str) -> None:
        target = make_url(url)
        super().__init__(f"{target.query['host']}/.s.PGSQL.{target.port or 5432}")
        self.direct_url = url
        self.url = target.set(host="127.0.0.1", port=self.port, query={}).render_as_string(hide_password=False)
        self._words: tuple[bytes, ...] = ()
        self._words_seen: dict[Connection, int] = {}

    @contextmanager
    def hanging(self, *, forgets: bool = False) -> Iterator[None]:
        """Forwards nothing within the context, and afterwards what was sent meanwhile. `forgets`: except for the
        connections of before, which stay open and silent, as after a firewall has lost its state."""
        self.stall()
        if forgets:
            self.lose(to_server=True)
            self.lose(to_server=False)
        yield
        self.resume()

    def hang_after(self, *words: bytes) -> None:
        """Hangs when a connection's client has sent these words, in this order, and got the answer to the last one."""
        self._words_seen.clear()
        self._words = words

    def resume(self) -> None:
        self._words = ()
        super().resume()

    def about_to_forward(self, connection: Connection, data: bytes, **way: Any) -> None:
        words, seen = self._words, self._words_seen.get(connection, 0)
        if way["to_server"]:
            while seen < len(words) and words[seen] in data:
                seen += 1
            self._words_seen[connection] = seen
        elif words and seen == len(words):
            self.stall()  # before the answer, which leads to the next question
