"""A polling client that hangs up on its waiting poll is offline at once, under every server, and misses nothing.

No test takes as long as a heartbeat, so none of them passes because one is missed.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.databases import Databases
from tests.engine.conftest import Raws, with_users
from tests.engine.polling_tab import Proxy, Tab
from tests.http_listener.raw_client import get
from tests.people import Cast, Person, wait_until
from tests.servers import Server

PATIENCE = ["--keep-alive", "60"]
"""gunicorn closes a connection that is idle for two seconds, perhaps just when a client of the test uses it again."""
PYTHON = [sys.executable, "-W", "ignore"]
SHAPES = {
    "own listener": ([*PYTHON, "ws.py"], {}),
    "eventlet.wsgi": ([*PYTHON, "ws.py"], {"CHATAPP_HTTP_LISTENER": "eventlet"}),
    "gunicorn": ([*PYTHON, "-m", "gunicorn", *PATIENCE, "-b", "127.0.0.1:{port}", "ws:app"], {}),
}
WINDOW_SECONDS = 6
"""An ack within half of it has waited for nobody."""

Tabs = Callable[..., Tab]


@pytest.fixture(scope="module", params=SHAPES)
def server(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Each server, with the heartbeats of production. One port serves everything."""
    command, settings = SHAPES[request.param]
    folder = tmp_path_factory.mktemp("polled")
    database = with_users(sqlite_only.new(), folder)
    settings = {**settings, "CHATAPP_DELIVERY_ACK_WINDOW": WINDOW_SECONDS}
    started = Server(folder, command, one_port=True, CHATAPP_DATABASE_URL=database, **settings)
    started.start(started.ws + "/readyz")
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture
def port(server: Server) -> int:
    return int(server.environment["CHATAPP_WS_PORT"])


@pytest.fixture
def tabs(port: int) -> Iterator[Tabs]:
    """`tabs(alice)` opens a tab of alice's. `through` is another port, and further arguments are Tab's."""
    opened: list[Tab] = []

    def open_tab(person: Person, through: int = port, **options: int) -> Tab:
        opened.append(Tab(person, through, **options))
        return opened[-1]

    yield open_tab
    for tab in opened:
        tab.go_away()


@pytest.fixture(params=[False, True], ids=["ends", "resets"])
def proxy(request: pytest.FixtureRequest, port: int) -> Iterator[Proxy]:
    started = Proxy(port, resets=request.param)
    yield started
    started.stop()


def wait_for_presence(of: Person, is_online: bool, *witnesses: Person) -> None:
    for witness in witnesses:
        witness.wait_for("onlineStatus", lambda one: one == {"username": of.username, "online": is_online})


def say_to_nobody(sender: Person, receiver: str, content: str, *, group: bool = False) -> None:
    """Sends a message to somebody who is offline, and asserts that the ack does not wait for them."""
    began = time.monotonic()
    ack = sender.say(receiver, content, group=group)
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, False)
    assert time.monotonic() - began < WINDOW_SECONDS / 2


@pytest.mark.slow
def test_a_client_that_hangs_up_is_offline_at_once_and_misses_nothing(cast: Cast, tabs: Tabs, proxy: Proxy) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Three", bob.username, carol.username)
    for person in (bob, carol):
        person.connect(transports=["polling"])
    tab = tabs(alice, through=proxy.port).settled()
    wait_for_presence(alice, True, bob, carol)
    tab.go_away()
    wait_for_presence(alice, False, bob, carol)
    say_to_nobody(bob, alice.username, "to one who is away")
    say_to_nobody(carol, group, "to a group of which one is away", group=True)
    back = tabs(alice, through=proxy.port)
    for sender, content in ((bob, "to one who is away"), (carol, "to a group of which one is away")):
        sender.wait_for("updateDeliveryStatusOnConnection", lambda one, it=content: one["response"]["content"] == it)
    assert [one["content"] for one in alice.history(bob.username)] == ["to one who is away"]
    assert [one["content"] for one in alice.history(group, group=True)] == ["to a group of which one is away"]
    bob.emit("privateMessage", {"sender": bob.username, "receiver": alice.username, "content": "live"})
    back.message("live")
    carol.emit("groupMessage", {"sender": carol.username, "receiver": group, "content": "live in the group"})
    back.message("live in the group")


def test_a_hang_up_that_arrives_before_a_poll_ends_its_session(cast: Cast, tabs: Tabs) -> None:
    """Carol's poll is pipelined behind alice's, and the client hangs up on both. Carol's has its packets at once."""
    alice, bob, carol = cast(3)
    bob.connect(transports=["polling"])
    first, second = tabs(alice).settled(), tabs(carol).settled()
    first.packet_that(lambda packet: f'"{carol.username}","online":true' in packet)
    # The first message answers the waiting poll. The second is queued, because carol's tab does not poll again.
    bob.post("/messages", {"receiver": carol.username, "content": "one"})
    second.polls.answer()
    bob.post("/messages", {"receiver": carol.username, "content": "two"})
    first.polls.send(second.asking())
    # Only one direction: a full close would answer the first response with a reset, and discard the second poll.
    first.polls.socket.shutdown(socket.SHUT_WR)
    wait_for_presence(alice, False, bob)
    wait_for_presence(carol, False, bob)


def test_a_pipelined_request_is_no_hang_up(cast: Cast, tabs: Tabs) -> None:
    alice, bob = cast(2)
    tab = tabs(alice).settled()
    tab.polls.send(get("/healthz"))
    threading.Event().wait(0.2)
    assert tab.is_open()
    bob.post("/messages", {"receiver": alice.username, "content": "still here"})
    assert b"still here" in tab.polls.answer()[1]
    assert tab.polls.answer()[0] == 200
    assert tab.is_open()


def test_a_hang_up_after_a_pipelined_request_ends_the_session(cast: Cast, tabs: Tabs) -> None:
    alice, bob = cast(2)
    bob.connect(transports=["polling"])
    tab = tabs(alice).settled()
    tab.polls.send(get("/healthz"))
    threading.Event().wait(0.2)
    tab.go_away()
    wait_for_presence(alice, False, bob)


@pytest.mark.parametrize("is_read", [True, False], ids=["answered", "unanswered"])
def test_a_client_that_upgrades_may_drop_its_poll(cast: Cast, tabs: Tabs, raws: Raws, is_read: bool) -> None:
    alice, bob = cast(2)
    tab, raw = tabs(alice).settled(), raws()
    raw.open(sid=tab.sid)
    raw.send_text("2probe")
    assert raw.text() == "3probe"
    if is_read:
        assert tab.polls.answer()[1] == b"6"
    tab.go_away(resets=True)
    raw.send_text("5")
    bob.post("/messages", {"receiver": alice.username, "content": "by WebSocket"})
    raw.text_that(lambda text: "by WebSocket" in text)
    raw.send_text('42/chat,1["nothing like this"]')
    raw.text_that(lambda text: text.startswith("43/chat,1["))


def test_a_response_that_cannot_be_written_ends_the_session(cast: Cast, tabs: Tabs) -> None:
    """The client reads nothing, so the server is still writing when the client resets the connection."""
    alice, bob = cast(2)
    bob.connect(transports=["polling"])
    tab = tabs(alice, receive_buffer=4_096, largest_segment=536).settled()
    wait_for_presence(alice, True, bob)
    # Pipelined behind the poll that waits. The kernel accepts about 100 kB for a client that reads nothing.
    tab.polls.send(*[tab.asking()] * 3)
    count = 10
    for number in range(count):
        assert bob.post("/messages", {"receiver": alice.username, "content": f"{number} " + "x" * 60_000}).ok
    assert tab.is_open()
    tab.go_away(resets=True)
    wait_for_presence(alice, False, bob)
    assert not tab.is_open()
    assert len(alice.history(bob.username)) == count


def test_a_user_with_another_tab_stays_online(cast: Cast, tabs: Tabs, proxy: Proxy) -> None:
    alice, bob = cast(2)
    bob.connect(transports=["polling"])
    dropped = tabs(alice, through=proxy.port).settled()
    kept = tabs(alice)
    dropped.go_away()
    wait_until(lambda: not dropped.is_open(), "the session ends")
    bob.emit("privateMessage", {"sender": bob.username, "receiver": alice.username, "content": "to the other tab"})
    kept.message("to the other tab")
    assert {"username": alice.username, "online": False} not in bob.received("onlineStatus")
