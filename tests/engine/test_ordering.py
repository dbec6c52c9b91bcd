"""Messages that a client sends without waiting are stored and received in that order."""

import threading
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.engine.conftest import EVENTLET
from tests.engine.raw_websocket import Raw, confirm
from tests.people import Person
from tests.servers import Server

NUMBER = 200
ROUNDS = 3


@pytest.fixture(scope="module")
def stored(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on each database."""
    folder = tmp_path_factory.mktemp("ordering")
    started = Server(folder, EVENTLET, CHATAPP_DATABASE_URL=databases.new()).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


class Talker(threading.Thread):
    """Sends NUMBER messages without waiting, then reads until all of them are acked and received."""

    def __init__(self, server: Server, username: str, receivers: list[tuple[str, str]], expected: int) -> None:
        super().__init__(daemon=True)
        self.person = Person(server, username)
        self.receivers = receivers
        self.expected = expected
        self.raw = Raw(server).joined(self.person.token)
        self.heard: list[str] = []
        self.acks: list[int] = []

    def run(self) -> None:
        for number in range(NUMBER):
            event, receiver = self.receivers[number % len(self.receivers)]
            payload = {"sender": self.person.username, "receiver": receiver, "content": self.content(number)}
            self.raw.event(number, event, payload)
            if number % 50 == 49:
                self.raw.event(1000 + number, "markRead", {"receiver": receiver, "group": False, "sequence": 0})
        while len(self.heard) < self.expected or len([one for one in self.acks if one < 1000]) < NUMBER:
            text = self.raw.text()
            if '"response",{"response"' in text and (answer := confirm(text)) is not None:
                self.heard.append(text.partition('"content":"')[2].partition('"')[0])
                self.raw.send_text(answer)
            elif text.startswith("43/chat,"):
                self.acks.append(int(text[8 : text.index("[")]))

    def content(self, number: int) -> str:
        return f"{self.person.username} says {number}"

    def heard_of(self, other: "Talker") -> list[str]:
        return [one for one in self.heard if one.startswith(f"{other.person.username} says ")]


def _history(person: Person, receiver: str, *, group: bool) -> list[str]:
    found: list[str] = []
    after = 0
    while page := person.history(receiver, group=group, after=after, limit=500):
        assert [one["sequence"] for one in page] == list(range(after + 1, after + 1 + len(page)))
        found += [one["content"] for one in page]
        after = page[-1]["sequence"]
    return found


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_hundred_pipelined_messages_of_several_clients_each_keep_their_order(stored: Server, number: int) -> None:
    names = [f"user{number * 10 + one}" for one in range(3)]
    group = Person(stored, names[0]).make_group(f"Order {number}", *names[1:])
    ring = dict(zip(names, [*names[1:], names[0]], strict=True))
    talkers = [
        # By turns to the group and to a neighbour: half of its own, half of everybody's in the group, half of one's.
        Talker(stored, name, [("groupMessage", group), ("privateMessage", ring[name])], NUMBER // 2 * 5)
        for name in names
    ]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join(60)
        assert not talker.is_alive(), (len(talker.heard), len(talker.acks))
    to_group = {one.person.username: [one.content(at) for at in range(0, NUMBER, 2)] for one in talkers}
    to_neighbour = {one.person.username: [one.content(at) for at in range(1, NUMBER, 2)] for one in talkers}
    for talker in talkers:
        name = talker.person.username
        own = [talker.content(at) for at in range(NUMBER)]
        for other in talkers:
            in_group = [one for one in talker.heard_of(other) if one in set(to_group[other.person.username])]
            assert in_group == to_group[other.person.username]
        assert [one for one in talker.heard if one in set(to_neighbour[name])] == to_neighbour[name]
        assert sorted(one for one in talker.acks if one < 1000) == list(range(NUMBER))
        assert _history(talker.person, ring[name], group=False) == to_neighbour[name]
        stored_in_group = _history(talker.person, group, group=True)
        assert [one for one in stored_in_group if one in set(own)] == to_group[name]
        talker.raw.drop()
    assert len(_history(talkers[0].person, group, group=True)) == 3 * NUMBER // 2
    all_of_it = {content for contents in to_group.values() for content in contents}
    heard = [[one for one in talker.heard if one in all_of_it] for talker in talkers]
    assert heard[0] == heard[1] == heard[2] == _history(talkers[0].person, group, group=True)


def test_a_message_waits_for_an_earlier_create_group_of_its_connection(stored: Server) -> None:
    """Events handled by a greenlet and events handled at once keep one order."""
    alice = Person(stored, "user50")
    raw = Raw(stored).joined(alice.token)
    for at in range(20):
        raw.event(3 * at, "privateMessage", {"sender": "user50", "receiver": "user51", "content": f"{3 * at}"})
        raw.event(3 * at + 1, "createGroup", {"groupName": f"group {at}", "users": []})
        raw.event(3 * at + 2, "privateMessage", {"sender": "user50", "receiver": "user51", "content": f"{3 * at + 2}"})
    acks = 0
    while acks < 60:
        acks += raw.text().startswith("43/chat,")
    wanted = [str(at) for at in range(60) if at % 3 != 1]
    assert _history(alice, "user51", group=False) == wanted
    names = [one["name"] for one in alice.get("/conversations").json()["conversations"] if one["group"]]
    assert set(names) == {f"group {at}" for at in range(20)}
    raw.drop()
