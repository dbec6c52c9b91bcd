"""A network between a browser and a server that is slow, and that cuts every connection again and again."""

import contextlib
import socket
import struct
import threading
import time

CHUNK_BYTES = 65_536
RESET = struct.pack("ii", 1, 0)
"""The option of a socket that is closed at once, and loses what is on its way."""


class CutNetwork:
    """Forwards a loopback port to another one. `url` leads through it. What the browser sends is slowed down to
    `bytes_a_second` a connection, and every `seconds` all connections are cut. `cuts` counts those that cost some."""

    def __init__(self, port: int, *, seconds: float, bytes_a_second: float) -> None:
        self._port = port
        self._pause = CHUNK_BYTES / bytes_a_second
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}/"
        self._open: set[socket.socket] = set()
        self._is_closed = threading.Event()
        self._seconds = seconds
        self.cuts = 0
        self._lock = threading.Lock()
        works = (self._accept, self._cut_again_and_again)
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._is_closed.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._reach(client)
                if server:
                    with self._lock:
                        self._open |= {client, server}
                    threading.Thread(target=self._forward, args=(client, server, self._pause), daemon=True).start()
                    threading.Thread(target=self._forward, args=(server, client, 0), daemon=True).start()

    def _reach(self, client: socket.socket) -> socket.socket | None:
        try:
            return socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            client.close()  # the server is down
            return None

    def _forward(self, source: socket.socket, target: socket.socket, pause: float) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                target.sendall(data)
                time.sleep(pause * len(data) / CHUNK_BYTES)
        self._end(source, target)

    def _cut_again_and_again(self) -> None:
        while not self._is_closed.wait(self._seconds):
            self.cuts += bool(self._open)
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            found = tuple(self._open)
        self._end(*found)

    def _end(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with self._lock:
                is_mine = one in self._open
                self._open.discard(one)
            if is_mine:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
