"""Servers on this machine that stand for public ones: names that resolve to public addresses, and a dial that reaches
the servers in their place. The guard between the two is the real one."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from chatapp.previews.fetcher import Connect
from chatapp.previews.guard import Target, connect
from tests.servers import ROOT

PUBLIC = "93.184.215.14"
WORKER_STEP_SECONDS = 15.0
Answer = Callable[[socket.socket, str], None]
"""Writes an answer to a connection, for the path that was asked for."""


class Site:
    """One server. `asked` has the first lines and the headers of all requests."""

    def __init__(self, answer: Answer, certificate: Path | None = None) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.asked: list[str] = []
        self.ended = threading.Event()
        """Set when a client has gone away while it was being answered."""
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        # A thread that waits in `accept` goes on waiting if the socket is closed alone.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def paths(self) -> list[str]:
        return [one.split(" ")[1] for one in self.asked]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        try:
            with connection if self._context is None else self._context.wrap_socket(connection, True) as wrapped:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = wrapped.recv(65_536)
                    if not piece:
                        return
                    head += piece
                self.asked.append(head.decode())
                self._answer(wrapped, head.decode().split(" ")[1])
        except OSError:
            self.ended.set()


@contextmanager
def site(answer: Answer, certificate: Path | None = None) -> Iterator[Site]:
    found = Site(answer, certificate)
    try:
        yield found
    finally:
        found.close()


def pages(answers: dict[str, bytes]) -> Answer:
    """Answers by path; any other path is 404."""

    def answer(connection: socket.socket, path: str) -> None:
        connection.sendall(answers.get(path, response(b"", status="404 Not Found")))

    return answer


def response(body: bytes, kind: str = "text/html", status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP response. An underscore in a header's name stands for a dash."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return response(b"", status=status, Location=location)


def page(title: str = "A title", **properties: str) -> bytes:
    """HTML with properties of Open Graph."""
    metas = "".join(f'<meta property="og:{name}" content="{value}">' for name, value in properties.items())
    return f"<!doctype html><html><head><title>{title}</title>{metas}</head><body>Text</body></html>".encode()


def connect_to(ports: dict[str, int], answers: dict[str, list[list[str]]] | None = None) -> Connect:
    """Connects by the guard. Names in `ports` have a public address and lead to these ports of this machine.

    `answers` are what the DNS says of other names, one answer after the other; it knows no others.
    """
    addresses = {name: f"93.184.215.{number}" for number, name in enumerate(ports, 1)}
    waiting = {name: list(all_answers) for name, all_answers in (answers or {}).items()}

    def resolve(host: str, _port: int) -> Sequence[str]:
        if host in waiting:
            return waiting[host].pop(0) if len(waiting[host]) > 1 else waiting[host][0]
        if host not in addresses:
            raise OSError("no such name")
        return [addresses[host]]

    def dial(address: str, _port: int, seconds: float) -> socket.socket:
        port = next(ports[name] for name, found in addresses.items() if found == address)
        return socket.create_connection(("127.0.0.1", port), seconds)

    def connected(target: Target, seconds: float) -> socket.socket:
        return connect(target, seconds, resolve=resolve, dial=dial)

    return connected


def write_worker(folder: Path, ports: dict[str, int]) -> Path:
    """A program that is the worker, on an internet of these servers. It waits long for them: their process runs the
    tests, and may be busy."""
    program = folder / "worker_with_sites.py"
    program.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from chatapp.previews import fetcher\n"
        "from chatapp.previews.worker import main\n"
        f"fetcher.STEP_SECONDS = {WORKER_STEP_SECONDS}\n"
        "from tests.previews.internet import connect_to\n"
        f"sys.exit(main(connect_to({ports!r})))\n"
    )
    return program
