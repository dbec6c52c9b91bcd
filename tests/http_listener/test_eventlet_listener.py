"""What holds for eventlet's WSGI server alone."""

import time

import pytest

from tests.http_listener.conftest import Connect
from tests.http_listener.raw_client import get


@pytest.mark.parametrize("small", ["eventlet"], indirect=True)
def test_a_web_socket_may_be_silent_for_longer_than_a_request(connect: Connect) -> None:
    """Its WebSockets stay on the request's socket, which has a timeout."""
    client = connect(get("/hear", "Connection: Upgrade", "Upgrade: websocket"))
    time.sleep(1.0)
    assert client.send(b"still here").answer() == (200, b"still here")
