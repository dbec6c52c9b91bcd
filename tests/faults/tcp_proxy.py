"""A TCP proxy in front of a server, which stalls, cuts, or loses one direction."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class TcpProxy:
    """Forwards a loopback port to another one, or to a Unix socket by its path."""

    def __init__(self, target: int | str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._may_forward = threading.Event()
        self._may_forward.set()
        self._is_refusing = False
        self._connections: list[Connection] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Forwards nothing until `resume`, neither data nor ends of connections, and then what was sent meanwhile."""
        self._may_forward.clear()

    def resume(self) -> None:
        self._is_refusing = False
        self._may_forward.set()

    @property
    def is_stalled(self) -> bool:
        return not self._may_forward.is_set()

    def wait_until_forwarding(self) -> None:
        self._may_forward.wait()

    def cut(self) -> None:
        """Closes all connections at once."""
        connections, self._connections = self._connections, []
        for one in connections:
            one.close()

    def refuse(self) -> None:
        """Closes all connections, and new ones as they come, until `resume`."""
        self._is_refusing = True
        self.cut()

    def about_to_forward(self, connection: "Connection", data: bytes, *, to_server: bool) -> None:
        """For subclasses that look at what is forwarded."""

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
                    server = self._reach()
                except OSError:
                    client.close()
                    continue
                connection = Connection(self, client, server)
                if self._is_refusing:
                    connection.close()
                    continue
                self._connections.append(connection)
                connection.start()

    def _reach(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._target)
        return server


class Connection:
    """A connection through a proxy."""

    def __init__(self, proxy: TcpProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
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
            while data := source.recv(CHUNK_BYTES):
                self._proxy.wait_until_forwarding()
                if not loses.is_set():
                    self._proxy.about_to_forward(self, data, to_server=target is self._server)
                    target.sendall(data)
        self._proxy.wait_until_forwarding()
        self.close()


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
