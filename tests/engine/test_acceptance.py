"""Nothing overtakes the packet that accepts a connection, and nothing sent to its rooms before it is lost."""

import json
import sys
import threading
from collections.abc import Iterator

import pytest
import requests

from chatapp.realtime.engine.peer import LARGEST_HELD_BYTES
from tests.databases import Databases
from tests.engine.conftest import Raws, with_users
from tests.engine.raw_websocket import Polling, Raw, is_online
from tests.people import Cast, Person, wait_until
from tests.servers import Server

COMMAND = [sys.executable, "-W", "ignore", "-m", "tests.engine.server_with_gate"]
LARGE = "x" * 60_000


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def server(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """With our transport, and with the library's."""
    folder = tmp_path_factory.mktemp("gate")
    database = with_users(sqlite_only.new(), folder)
    settings = {"CHATAPP_DATABASE_URL": database, "CHATAPP_ASYNC_MODE": request.param}
    started = Server(folder, COMMAND, one_port=True, **settings)
    started.start(started.ws + "/readyz")
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


class Arrival:
    """Somebody who has sent CONNECT, is in their rooms, and is held at the gate."""

    def __init__(self, person: Person, transport: str) -> None:
        self.person = person
        self._gate("close")
        if transport == "websocket":
            self.line: Raw | Polling = Raw(person.server, hears_presence=True)
            self.line.open(token=person.token)
        else:
            self.line = Polling(person.server, person.token)
        self._connect = threading.Thread(target=self.line.send_text, args=("40/chat,",))
        self._connect.start()
        wait_until(lambda: self._gate("arrived"), f"{person.username} is in their rooms")

    def open_gate(self) -> None:
        self._gate("open")
        self._connect.join(8)
        assert not self._connect.is_alive()

    def leave(self) -> None:
        self._gate("open")
        self._connect.join(8)
        self.line.drop()
        self.person.http.close()

    def _gate(self, word: str) -> bool:
        answer: bool = requests.get(f"{self.person.server.ws}/debug/{word}?{self.person.username}", timeout=8).json()
        return answer


@pytest.fixture(params=["websocket", "polling"])
def arrival(request: pytest.FixtureRequest, cast: Cast) -> Iterator[Arrival]:
    (alice,) = cast(1)
    arriving = Arrival(alice, request.param)
    yield arriving
    arriving.leave()


def say(sender: Person, receiver: str, content: str, *, group: bool = False) -> None:
    """Over HTTP: the sender need not wait for who is being accepted."""
    answer = sender.post("/messages", {"receiver": receiver, "group": group, "content": content})
    assert answer.json()["success"] is True


def contents(packets: list[str]) -> list[str]:
    """What the `response` events say."""
    events = [json.loads(one.partition(",")[2].lstrip("0123456789")) for one in packets if one.startswith("42/chat,")]
    return [payload["response"]["content"] for name, payload in events if name == "response"]


@pytest.mark.slow
def test_events_sent_while_a_connection_is_accepted_follow_its_acceptance(
    arrival: Arrival, cast: Cast, raws: Raws
) -> None:
    alice, (bob, carol) = arrival.person, cast(2)
    group = bob.make_group("Pair", alice.username)
    to_bob = raws(hears_presence=True).joined(bob.token)
    say(bob, alice.username, "first")
    say(bob, group, "second", group=True)
    raws().joined(carol.token)
    say(bob, alice.username, "third")
    # What bob has been sent has been sent to alice's rooms too.
    to_bob.text_that(lambda text: f'"{carol.username}","online":true' in text)
    to_bob.text_that(lambda text: "third" in text)
    arrival.open_gate()
    say(bob, alice.username, "live")
    packets = [arrival.line.text()]
    while "live" not in contents(packets):
        packets.append(arrival.line.text())
    assert packets[0].startswith('40/chat,{"sid":')
    assert not any(one.startswith("40") for one in packets[1:])
    assert contents(packets) == ["first", "second", "third", "live"]
    assert sum(f'"{carol.username}","online":true' in one for one in packets) == 1


def test_a_connection_that_is_refused_is_sent_no_event(arrival: Arrival, cast: Cast, raws: Raws) -> None:
    alice, (bob,) = arrival.person, cast(1)
    to_bob = raws().joined(bob.token)
    say(bob, alice.username, "not for a session that has ended")
    to_bob.text_that(lambda text: "not for a session" in text)
    assert alice.post("/logout", {}).status_code == 200
    arrival.open_gate()
    arrival.line.send_text("40/chat,")
    packets = [arrival.line.text(), arrival.line.text()]
    assert all(one.startswith("44/chat,") and "not_signed_in" in one for one in packets), packets


def test_what_is_held_is_bounded_and_whoever_was_sent_more_comes_back_for_it(
    arrival: Arrival, cast: Cast, raws: Raws
) -> None:
    alice, (bob,) = arrival.person, cast(1)
    to_bob = raws().joined(bob.token)
    count = LARGEST_HELD_BYTES // len(LARGE) + 2
    for number in range(count):
        say(bob, alice.username, f"{number} {LARGE}")
        to_bob.text_that(lambda text, number=number: f'"{number} x' in text)
    arrival.open_gate()
    with pytest.raises(AssertionError):
        arrival.line.text_that(lambda text: not text.startswith("40/chat,"))
    wait_until(lambda: not is_online(bob, alice), "the connection is closed")
    assert len(alice.history(bob.username)) == count
    back = raws().joined(alice.token)
    say(bob, alice.username, "live again")
    back.text_that(lambda text: "live again" in text)
