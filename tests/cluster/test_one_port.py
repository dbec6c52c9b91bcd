"""Both ports have the same number: one listener serves HTTP and Socket.IO, for a proxy with one port."""

from collections.abc import Iterator

import pytest
import requests

from tests.people import Person
from tests.servers import Server, free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    started = Server(tmp_path_factory.mktemp("one-port"), CHATAPP_HTTP_PORT=port, CHATAPP_WS_PORT=port).start()
    yield started
    assert started.stop() == 0
    assert "Traceback" not in started.log


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_http_and_sockets_are_served_on_one_port(server: Server, transports: list[str]) -> None:
    assert server.http == server.ws
    alice, bob = Person(server, "alice").connect(transports=transports), Person(server, "bob").connect()
    assert alice.say("bob", "hello")["response"]["deliveredToAll"] is True
    assert bob.history("alice")[-1]["content"] == "hello"
    for person in (alice, bob):
        person.disconnect()


def test_the_cookie_of_the_same_origin_authenticates_the_socket(server: Server) -> None:
    alice = Person(server, "alice")
    cookie = f"chatToken={alice.http.cookies['chatToken']}"
    alice.token = ""
    alice.connect(headers={"Cookie": cookie, "Origin": server.http}, transports=["polling"])
    assert alice.say("alice", "to myself")["success"] is True
    alice.disconnect()


def test_the_handshake_has_the_documented_values(server: Server) -> None:
    answer = requests.get(server.http + "/socket.io/?EIO=4&transport=polling", timeout=5).text
    assert answer.startswith('0{"sid":')
    assert '"upgrades":["websocket"]' in answer
