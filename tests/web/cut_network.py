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
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._cut_again_and_again, daemon=True).start()

    def close(self) -> None:
        self._is_closed.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._open |= {client, server}
                threading.Thread(target=self._forward, args=(client, server, self._pause), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client, 0), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, pause: float) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                target.sendall(data)
                time.sleep(pause * len(data) / CHUNK_BYTES)
        for one in (source, target):
            self._open.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _cut_again_and_again(self) -> None:
        while not self._is_closed.wait(self._seconds):
            self.cuts += bool(self._open)
            self._cut()

    def _cut(self) -> None:
        for one in tuple(self._open):
            self._open.discard(one)
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RDWR)
                one.close()
