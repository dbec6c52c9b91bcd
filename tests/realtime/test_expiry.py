"""A session that expires while its user is connected."""

import time
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.people import Cast, Person
from tests.realtime.conftest import Wires, start_server
from tests.realtime.wire import DISCONNECTED, REFUSED, Wire, private
from tests.servers import Server

TOKEN_SECONDS = 3


@pytest.fixture(scope="module")
def server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose tokens expire after TOKEN_SECONDS."""
    started = start_server(tmp_path_factory, sqlite_only, CHATAPP_TOKEN_SECONDS=TOKEN_SECONDS)
    yield started
    assert started.stop() == 0, started.log


def test_an_expired_token_closes_its_connection_and_opens_no_new_one(cast: Cast, wires: Wires) -> None:
    began = time.monotonic()
    alice, bob = cast(2)
    tab = wires(alice)
    assert tab.call("privateMessage", private(alice.username, bob.username, "in time"))["success"] is True
    expired = tab.event("token-expired")
    waited = time.monotonic() - began
    assert TOKEN_SECONDS * 0.9 <= waited < TOKEN_SECONDS + 2
    ended = tab.read(lambda frame: frame.kind == DISCONNECTED)
    assert tab.frames.index(expired) < tab.frames.index(ended)
    assert len(tab.all_of("token-expired")) == 1
    late = Wire(alice.server, alice.token)
    assert late.read(lambda frame: frame.kind != "event").kind == REFUSED
    late.close()
    again = Person(alice.server, alice.username)
    assert [one["content"] for one in again.history(bob.username)] == ["in time"]
    users = again.get("/users").json()["users"]
    assert [one["isOnline"] for one in users if one["username"] == alice.username] == [False]
    again.http.close()
