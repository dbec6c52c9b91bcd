"""gunicorn with eventlet workers for `wsgi:app` and `ws:app`, with the committed gunicorn.conf.py."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from chatapp.http_listener.request_parser import LARGEST_HEAD_BYTES
from tests.cluster.nodes import Cluster, online
from tests.databases import new_postgres_database, with_tables
from tests.http_listener.raw_client import Client, get
from tests.people import Person, wait_until
from tests.servers import Server

GUNICORN = [sys.executable, "-m", "gunicorn", "--access-logfile", "-"]
CONNECTIONS = 50
SPARE_DESCRIPTORS = 10
"""Descriptors that a server may keep open after work: pooled database connections."""


class GunicornCluster(Cluster):
    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        for server, module, port in ((self.http, "wsgi:app", "HTTP"), (self.nodes[0], "ws:app", "WS")):
            address = f"127.0.0.1:{server.environment[f'CHATAPP_{port}_PORT']}"
            server.command = [*GUNICORN, "-b", address, module]

    def kill(self) -> None:
        """Kills the workers first: a worker that is starting does not notice that its master is gone."""
        for server in (self.http, *self.nodes):
            if server.process is not None and server.process.poll() is None:
                for worker in psutil.Process(server.process.pid).children():
                    worker.kill()
        super().kill()


@pytest.fixture(scope="module")
def running(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("gunicorn")
    cluster = GunicornCluster(folder, with_tables(new_postgres_database(postgres_url), folder))
    try:
        yield cluster.start()
        assert cluster.nodes[0].stop() == 0
        assert cluster.http.stop() == 0
        assert "Traceback" not in cluster.log
    finally:
        cluster.kill()


@pytest.mark.slow
@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_users_exchange_messages_on_every_transport(pair: Cluster, transports: list[str]) -> None:
    alice = Person(pair.nodes[0], "alice").connect(transports=transports)
    bob = pair.arrive("bob")
    ack = alice.say("bob", f"by {transports}")
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, True)
    assert bob.post("/messages", {"receiver": "alice", "content": f"back by {transports}"}).json()["success"] is True
    alice.wait_for_message(f"back by {transports}")
    assert {"alice", "bob"} <= online(alice)
    alice.disconnect()


@pytest.mark.slow
def test_closed_connections_leak_no_descriptors_and_no_greenlets(pair: Cluster) -> None:
    """Half of the clients disconnect, and the server closes the others, where the stock transport leaks a greenlet."""
    _fill_and_empty(pair)
    node = _worker(pair.nodes[0])
    before = node.num_fds()
    for _ in range(2):
        _fill_and_empty(pair)
    wait_until(lambda: node.num_fds() <= before + SPARE_DESCRIPTORS, "descriptors are closed")
    visitor = pair.visit("carol")
    # A polling client of an earlier test may have left without a close. Its heartbeat times out later.
    wait_until(lambda: "carol" not in online(visitor), "everybody is gone")


def test_a_head_is_limited_as_by_our_own_listener(pair: Cluster) -> None:
    """In sum exactly; gunicorn's own limits of the request line and of each header are below that."""
    port = int(pair.nodes[0].ws.rpartition(":")[2])
    large = [f"X-{number}: " + "a" * 8_000 for number in range(4)]
    spare = LARGEST_HEAD_BYTES - len(get("/healthz", *large, "Y: "))
    for ask, wanted in (
        (get("/healthz", *large, "Y: " + "a" * spare), 200),
        (get("/healthz", *large, "Y: " + "a" * (spare + 1)), 431),
        (get("/healthz", "X: " + "a" * 8_200), 431),
        (get("/healthz", *[f"X-{number}: a" for number in range(100)]), 431),
        (get("/healthz?" + "a" * 8_200), 400),
    ):
        client = Client(port, ask)
        assert client.answer()[0] == wanted
        client.drop()


def test_the_access_log_contains_no_token(pair: Cluster) -> None:
    alice = Person(pair.nodes[0], "alice").connect(transports=["polling"])
    assert alice.get("/loggedIn").status_code == 200
    wait_until(lambda: "/loggedIn" in pair.log and "/socket.io/" in pair.log, "the requests are logged")
    assert "token=" not in pair.log
    assert alice.token not in pair.log
    alice.disconnect()


@pytest.mark.slow
def test_a_stop_with_open_connections_is_fast_and_clean(pair: Cluster) -> None:
    alice = pair.arrive("alice")
    bob = pair.visit("bob")
    assert alice.say("bob", "kept")["success"] is True
    node = pair.nodes[0]
    assert node.stop() == 0
    wait_until(lambda: not alice.socket.connected, "the client notices")
    assert online(bob) == set()
    pair.starter(node)()
    assert [one["content"] for one in bob.history("alice")][-1] == "kept"


def _fill_and_empty(pair: Cluster) -> None:
    with ThreadPoolExecutor(10) as pool:
        people = list(pool.map(lambda _: Person(pair.nodes[0], "carol"), range(CONNECTIONS)))
        list(pool.map(lambda person: person.connect(), people))
        assert "carol" in online(people[0])
        for number, person in enumerate(people):
            if number % 2:
                assert person.post("/logout", {}).status_code == 200
        for person in people[1::2]:
            person.wait_for("token-expired")
        list(pool.map(lambda person: person.disconnect(), people))


def _worker(server: Server) -> psutil.Process:
    assert server.process is not None
    (worker,) = psutil.Process(server.process.pid).children()
    return worker
