"""The security headers of responses that come from no route: refusals of the listener, and long polling."""

import http.client
import socket

import requests

from tests.servers import Server

UNREADABLE = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


def test_polling_answers_cannot_be_loaded_by_a_page_of_another_origin(server: Server) -> None:
    opened = requests.get(server.ws + HANDSHAKE, timeout=5)
    assert opened.status_code == 200
    script = requests.get(f"{server.ws}{HANDSHAKE}&j=0", timeout=5)
    assert script.text.startswith("___eio[0](")
    refused = requests.get(server.ws + HANDSHAKE, headers={"Origin": "https://evil.example"}, timeout=5)
    assert refused.status_code == 400
    for answer in (opened, script, refused):
        assert answer.headers.items() >= UNREADABLE.items()


def test_what_is_no_http_request_is_refused_with_the_security_headers(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", int(server.http.rpartition(":")[2])), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 400
        assert dict(answer.getheaders()).items() >= UNREADABLE.items()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]
