"""A TCP proxy in front of a server, which stalls, cuts, or loses one direction."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class TcpProxy:
    """Forwards a loopback port to another."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._may_forward = threading.Event()
        self._may_forward.set()
        self._is_refusing = False
        self._connections: list[_Connection] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Forwards nothing until `resume`, neither data nor ends of connections, and then what was sent meanwhile."""
        self._may_forward.clear()

    def resume(self) -> None:
        self._is_refusing = False
        self._may_forward.set()

    def cut(self) -> None:
        """Closes all connections at once."""
        connections, self._connections = self._connections, []
        for one in connections:
            one.close()

    def refuse(self) -> None:
        """Closes all connections, and new ones as they come, until `resume`."""
        self._is_refusing = True
        self.cut()

    def lose(self, *, to_server: bool) -> None:
        """The present connections forward nothing more in one direction, and stay open. New ones are well."""
        for one in self._connections:
            (one.loses_questions if to_server else one.loses_answers).set()

    def close(self) -> None:
        self.resume()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target_port))
                except OSError:
                    client.close()
                    continue
                connection = _Connection(client, server, self._may_forward)
                if self._is_refusing:
                    connection.close()
                    continue
                self._connections.append(connection)
                connection.start()


class _Connection:
    def __init__(self, client: socket.socket, server: socket.socket, may_forward: threading.Event) -> None:
        self._client = client
        self._server = server
        self._may_forward = may_forward
        self.loses_questions = threading.Event()
        self.loses_answers = threading.Event()

    def start(self) -> None:
        ways = (
            (self._client, self._server, self.loses_questions),
            (self._server, self._client, self.loses_answers),
        )
        for way in ways:
            threading.Thread(target=self._forward, args=way, daemon=True).start()

    def close(self) -> None:
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _forward(self, source: socket.socket, target: socket.socket, loses: threading.Event) -> None:
        with contextlib.suppress(OSError):
            for data in self._chunks(source):
                if not loses.is_set():
                    target.sendall(data)
        self._may_forward.wait()
        self.close()

    def _chunks(self, source: socket.socket) -> Iterator[bytes]:
        while data := source.recv(CHUNK_BYTES):
            self._may_forward.wait()
            yield data


class Door:
    """Both ports of a server, each behind a proxy."""

    def __init__(self, http: str, ws: str) -> None:
        self._proxies = [TcpProxy(urlsplit(address).port or 0) for address in (http, ws)]
        self.http, self.ws = (f"http://127.0.0.1:{proxy.port}" for proxy in self._proxies)

    def stall(self) -> None:
        for proxy in self._proxies:
            proxy.stall()

    def resume(self) -> None:
        for proxy in self._proxies:
            proxy.resume()

    def cut(self) -> None:
        for proxy in self._proxies:
            proxy.cut()

    def refuse(self) -> None:
        for proxy in self._proxies:
            proxy.refuse()

    def lose(self, *, to_server: bool) -> None:
        for proxy in self._proxies:
            proxy.lose(to_server=to_server)

    def close(self) -> None:
        for proxy in self._proxies:
            proxy.close()
