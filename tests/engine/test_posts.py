"""What a polling client posts is handled in one order, so that it posts one request at a time."""

import select
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.engine.conftest import EVENTLET
from tests.engine.polling_tab import Tab
from tests.http_listener.raw_client import Client
from tests.people import Cast
from tests.servers import Server

EVENT = '42/chat,{}["nothing like this"]'


@pytest.fixture(scope="module")
def server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With eventlet's listener, under which a request is handled before its body has arrived."""
    settings = {"CHATAPP_DATABASE_URL": sqlite_only.new(), "CHATAPP_HTTP_LISTENER": "eventlet"}
    started = Server(tmp_path_factory.mktemp("instance"), EVENTLET, **settings).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


def test_a_session_that_posts_two_requests_at_once_ends(server: Server, cast: Cast) -> None:
    alice, bob = cast(2)
    bob.connect()
    port = int(server.environment["CHATAPP_WS_PORT"])
    tab, first, second = Tab(alice, port).settled(), Client(port), Client(port)
    # One after the other, from any connection.
    for number, client in enumerate((first, second, first)):
        assert client.send(tab.posting(EVENT.format(number))).answer() == (200, b"OK")
        tab.packet_that(lambda packet, it=f"43/chat,{number}[": packet.startswith(it))
    request = tab.posting(EVENT.format(10))
    first.send(request[:-1])
    assert not select.select([first.socket], [], [], 0.3)[0], "it waits for the rest of the body"
    assert second.send(tab.posting(EVENT.format(11))).answer()[0] == 400
    bob.wait_for("onlineStatus", lambda one: one == {"username": alice.username, "online": False})
    first.send(request[-1:]).answer()
    assert not tab.is_open()
    for client in (first, second):
        client.drop()
    tab.go_away()
