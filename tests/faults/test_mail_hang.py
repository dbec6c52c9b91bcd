"""A mail server that accepts connections and never answers."""

import socket
import time
from pathlib import Path

from tests.people import Person
from tests.servers import Server

ASKED = 3


def test_a_mail_server_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(8)
        address = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        sender = {"CHATAPP_MAIL_FROM": "chat@example.org", "CHATAPP_PUBLIC_URL": "https://chat.example.org"}
        server = Server(tmp_path, CHATAPP_SMTP_URL=address, **sender).start()
        try:
            alice = Person(server, "alice")
            headers = {"auth-token": alice.token}
            began = time.monotonic()
            for number in range(ASKED):
                body = {"email": f"alice{number}@example.org"}
                assert alice.http.put(server.http + "/email", json=body, headers=headers).status_code == 200
            held, _ = silent.accept()
            with held:
                for number in range(20):
                    message = {"receiver": "bob", "group": False, "content": f"{number}"}
                    assert alice.http.post(server.http + "/messages", json=message, headers=headers).status_code == 200
                # The server waits 10 seconds for the first answer.
                assert time.monotonic() - began < 8
                assert not _is_closed(held), "it still waits"
        finally:
            server.stop()


def _is_closed(held: socket.socket) -> bool:
    try:
        return held.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
