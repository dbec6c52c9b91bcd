"""A small application on each of the HTTP servers that `chatapp serve` can use."""

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.http_listener.raw_client import Client, Small

LISTENERS = ("chatapp", "eventlet")
"""The values of CHATAPP_HTTP_LISTENER."""

Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """The small application on our own listener, or on the one that the test is parametrised by."""
    started = Small(tmp_path_factory.mktemp("small"), getattr(request, "param", LISTENERS[0]))
    yield started
    assert started.counts()["greenlets"] > 0, "It still answers"
    started.process.send_signal(signal.SIGKILL)
    started.process.wait()
    faults = started.log.count("Traceback") - 1  # each time, an OSError of the application: one more with its cause
    assert faults <= started.log.count("A request could not be answered"), started.log


@pytest.fixture
def connect(small: Small) -> Iterator[Connect]:
    """Opens connections to the small application."""
    yield from connections_to(small.port)


def connections_to(port: int) -> Iterator[Connect]:
    made: list[Client] = []

    def one(*data: bytes, port: int = port, **options: int) -> Client:
        made.append(Client(port, *data, **options))
        return made[-1]

    yield one
    for client in made:
        client.drop()
