"""A listener that stops, our own and eventlet's: the process goes on."""

import signal
import time
from pathlib import Path

import pytest

from tests.http_listener.conftest import LISTENERS
from tests.http_listener.raw_client import Client, Small, get
from tests.people import wait_until


@pytest.mark.parametrize("listener", LISTENERS)
def test_a_request_in_progress_is_answered_and_nobody_is_accepted(tmp_path: Path, listener: str) -> None:
    small = Small(tmp_path, listener)
    idle, waiting = Client(small.port), Client(small.port, get("/wait"))
    time.sleep(0.2)
    small.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: not small.listens(), "it has stopped")
    assert waiting.answer() == (200, b"waited")
    if listener == "eventlet":
        assert idle.is_over(), "Ours lets it go with the process"
    small.process.kill()
    small.process.wait()
    for client in (idle, waiting):
        client.drop()
    assert "Traceback" not in small.log
