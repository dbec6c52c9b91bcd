"""A program in eventlet's mode, as `chatapp serve` is, that calls a server without TLS by https.

It prints a line of JSON: for each way to call it whether the connection is closed when the call has failed.
"""

from chatapp.eventloop.patching import patch

patch()

import json  # noqa: E402
import socket  # noqa: E402
from collections.abc import Callable  # noqa: E402

import eventlet  # noqa: E402

from chatapp.eventloop.thread_pool import is_green  # noqa: E402
from chatapp.previews import guard  # noqa: E402
from chatapp.push.addresses import PushAddresses  # noqa: E402

HELLO_BYTES = 16_384
SECONDS = 2.0


def is_closed(listener: socket.socket, call: Callable[[], object]) -> bool:
    """Whether the caller's end is closed while the error, which refers to everything that failed, is still there."""

    def answer() -> socket.socket:
        connection, _ = listener.accept()
        connection.settimeout(SECONDS)
        connection.recv(HELLO_BYTES)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return connection

    answering = eventlet.spawn(answer)
    try:
        call()
    except OSError:
        with answering.wait() as connection:
            try:
                return not connection.recv(1)
            except TimeoutError:
                return False
    raise AssertionError("a server without TLS is accepted")


def main() -> None:
    assert is_green()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        origin = f"https://127.0.0.1:{port}"
        target = guard.target_of("https://example.org/")

        def dial(_address: str, _port: int, seconds: float) -> socket.socket:
            return socket.create_connection(("127.0.0.1", port), seconds)

        def resolve(_host: str, _port: int) -> list[str]:
            return ["93.184.215.14"]

        found = {
            "push": is_closed(listener, lambda: PushAddresses((origin,)).connect(f"{origin}/1", SECONDS)),
            "preview": is_closed(listener, lambda: guard.connect(target, SECONDS, resolve=resolve, dial=dial)),
        }
    print(json.dumps(found))


main()
