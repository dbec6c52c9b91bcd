"""A TCP proxy in front of PostgreSQL that can hang: it keeps connections and accepts new ones, but forwards nothing."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

CHUNK_BYTES = 65_536


class PostgresProxy:
    """Forwards a loopback port to the Unix socket of a database's server. `url` leads through it, `direct_url` not."""

    def __init__(self, url: str) -> None:
        self.direct_url = url
        target = make_url(url)
        self._target = f"{target.query['host']}/.s.PGSQL.{target.port or 5432}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = target.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        self._may_forward = threading.Event()
        self._may_forward.set()
        self._words: tuple[bytes, ...] = ()
        self._open: list[socket.socket] = []
        self._connections: list[_Connection] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def hanging(self, *, forgets: bool = False) -> Iterator[None]:
        """Forwards nothing within the context, and afterwards what was sent meanwhile. `forgets`: except for the
        connections of before, which stay open and silent, as after a firewall has lost its state."""
        self.hang()
        if forgets:
            for connection in self._connections:
                connection.is_forgotten.set()
        yield
        self.resume()

    def hang(self) -> None:
        self._may_forward.clear()

    def hang_after(self, *words: bytes) -> None:
        """Hangs when a connection's client has sent these words, in this order, and got the answer to the last one."""
        self._words = words

    def is_hanging(self) -> bool:
        return not self._may_forward.is_set()

    def resume(self) -> None:
        self._words = ()
        self._may_forward.set()

    def close(self) -> None:
        self.resume()
        self._listener.shutdown(socket.SHUT_RDWR)
        for one in [self._listener, *self._open]:
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._open += [client, server]
                connection = _Connection(self, client, server)
                self._connections.append(connection)
                threading.Thread(target=connection.forward_questions, daemon=True).start()
                threading.Thread(target=connection.forward_answers, daemon=True).start()


class _Connection:
    def __init__(self, proxy: PostgresProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._words_seen = 0
        self.is_forgotten = threading.Event()

    def forward_questions(self) -> None:
        with contextlib.suppress(OSError):
            for data in self._chunks(self._client, self._server):
                words = self._proxy._words
                while self._words_seen < len(words) and words[self._words_seen] in data:
                    self._words_seen += 1
                self._server.sendall(data)

    def forward_answers(self) -> None:
        with contextlib.suppress(OSError):
            for data in self._chunks(self._server, self._client):
                if self._proxy._words and self._words_seen == len(self._proxy._words):
                    self._proxy.hang()  # before the answer, which leads to the next question
                self._client.sendall(data)

    def _chunks(self, source: socket.socket, target: socket.socket) -> Iterator[bytes]:
        while data := source.recv(CHUNK_BYTES):
            self._proxy._may_forward.wait()
            if not self.is_forgotten.is_set():
                yield data
        self._proxy._may_forward.wait()
        target.shutdown(socket.SHUT_WR)
