"""Six users who write to each other at the same time, in private and in groups, and record every ack."""

import random
import threading
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from socketio.exceptions import SocketIOError

from tests.people import Person, wait_until
from tests.servers import Server

TALKERS = ("alice", "bob", "carol", "user0", "user1", "user2")
IN_FLIGHT = 4
"""Messages of each user that may wait for their ack."""


def emit(person: Person, *, group: bool = False, **payload: Any) -> "Future[dict[str, Any]]":
    """Sends a message without waiting. The returned future gets its ack."""
    ack: Future[dict[str, Any]] = Future()
    event = "groupMessage" if group else "privateMessage"
    person.emit(event, {"sender": person.username, **payload}, callback=ack.set_result)
    return ack


@dataclass
class SentMessage:
    """One message and its ack, if the sender received one."""

    receiver: str
    is_group: bool
    content: str
    client_id: str | None
    ack: dict[str, Any] | None = None

    @property
    def is_acked(self) -> bool:
        return self.ack is not None and self.ack["success"] is True


@dataclass
class Talker:
    """A user with their conversations and the messages that they sent."""

    person: Person
    places: list[tuple[str, bool]]
    chance: random.Random
    said: list[SentMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.is_silent = threading.Event()
        self._free = threading.Semaphore(IN_FLIGHT)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Sends messages until `stop` is called or the connection breaks."""
        self.is_silent.clear()
        self._free = threading.Semaphore(IN_FLIGHT)
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.is_silent.set()
        if self._thread is not None:
            self._thread.join()

    def repeat(self) -> None:
        """Sends the messages with a client id again that were not acked or were refused."""
        for one in self.said:
            if one.client_id is not None and not one.is_acked:
                one.ack = self.person.call(*self._event(one))

    def _talk(self) -> None:
        while not self.is_silent.is_set():
            if self._free.acquire(timeout=0.05):
                try:
                    self._say(self._free)
                except SocketIOError:
                    return

    def _say(self, free: threading.Semaphore) -> None:
        receiver, is_group = self.chance.choice(self.places)
        has_client_id = self.chance.random() < 0.8
        content = f"{self.person.username} {len(self.said)} \N{SNOWMAN} {self.chance.random()}"
        one = SentMessage(receiver, is_group, content, str(uuid.uuid4()) if has_client_id else None)
        self.said.append(one)

        def heard(ack: dict[str, Any]) -> None:
            one.ack = ack
            free.release()

        self.person.emit(*self._event(one), callback=heard)

    def _event(self, one: SentMessage) -> tuple[str, dict[str, Any]]:
        payload = {"sender": self.person.username, "receiver": one.receiver, "content": one.content}
        if one.client_id is not None:
            payload["clientId"] = one.client_id
        return "groupMessage" if one.is_group else "privateMessage", payload


class Conversations:
    """The six users on one server: private messages between all pairs, a group of all, and a group of three."""

    def __init__(self, server: Server, seed: int, person: type[Person] = Person) -> None:
        self.chance = random.Random(seed)
        people = {name: person(server, name) for name in TALKERS}
        everybody = people["alice"].make_group("everybody", *TALKERS)
        three = people["alice"].make_group("three", *TALKERS[:3])
        self.talkers = []
        for name, one in people.items():
            groups = [(everybody, True), (three, True)] if name in TALKERS[:3] else [(everybody, True)]
            others = [(other, False) for other in TALKERS if other != name]
            self.talkers.append(Talker(one, groups * 2 + others, random.Random(self.chance.random())))

    @property
    def people(self) -> list[Person]:
        return [one.person for one in self.talkers]

    def connect(self) -> None:
        for person in self.people:
            person.events.clear()
            person.connect()

    def start(self) -> None:
        for one in self.talkers:
            one.start()

    def stop(self) -> None:
        for one in self.talkers:
            one.stop()

    def repeat(self) -> None:
        for one in self.talkers:
            one.repeat()

    def disconnect(self) -> None:
        for person in self.people:
            person.disconnect()

    def acked_count(self) -> int:
        return sum(one.is_acked for talker in self.talkers for one in talker.said)

    def unanswered(self) -> list[SentMessage]:
        return [one for talker in self.talkers for one in talker.said if one.ack is None]

    def refused(self) -> set[str]:
        """Returns the error codes of the refused messages."""
        acks = [one.ack for talker in self.talkers for one in talker.said if one.ack is not None]
        return {ack["error"]["code"] for ack in acks if not ack["success"]}

    def wait_for_acks(self, more: int) -> None:
        """Waits until `more` further messages are acked."""
        wanted = self.acked_count() + more
        wait_until(lambda: self.acked_count() >= wanted, f"{wanted} acks")

    def check_history(self) -> None:
        """Asserts that acked messages are stored once, as acked, others at most once, and nothing else."""
        places = {(min(name, other), max(name, other)) for name in TALKERS for other in TALKERS if name != other}
        found = [message for pair in places for message in self._history(*pair, is_group=False)]
        for group_id in dict(self.talkers[0].places[:2]):
            found += self._history("alice", group_id, is_group=True)
        by_content = {message["content"]: message for message in found}
        assert len(by_content) == len(found), "a message is stored twice"
        assert len({message["messageId"] for message in found}) == len(found)
        said = {one.content: one for talker in self.talkers for one in talker.said}
        assert by_content.keys() <= said.keys()
        for content, one in said.items():
            if one.is_acked:
                _check_acked(one, by_content.get(content))
            else:
                assert one.client_id is None, "a retried message must be acked"

    def has_everyone_the_last_messages(self) -> bool:
        """Whether each user has received the last message of each of their conversations."""
        seen = [{message["messageId"] for message in person.messages()} for person in self.people]
        members = {person.username: shown for person, shown in zip(self.people, seen, strict=True)}
        return all(self._last_ids(name) <= shown for name, shown in members.items())

    def _last_ids(self, name: str) -> set[str]:
        person = next(one for one in self.people if one.username == name)
        listed = person.get("/conversations").json()["conversations"]
        return {one["lastMessage"]["messageId"] for one in listed if one["lastMessage"]}

    def check_what_arrived(self) -> None:
        """Asserts that each user received the messages of each conversation once, in order and without gaps."""
        for person in self.people:
            places: dict[str, list[int]] = {}
            for message in person.messages():
                places.setdefault(message["messageId"].rsplit("-", 1)[0], []).append(message["sequence"])
            for place, seen in places.items():
                expected = list(range(seen[0], seen[0] + len(seen)))
                assert seen == expected, f"{person.username} in conversation {place}"

    def _history(self, name: str, receiver: str, *, is_group: bool) -> list[dict[str, Any]]:
        person = next(one for one in self.people if one.username == name)
        found: list[dict[str, Any]] = []
        while page := person.history(receiver, group=is_group, after=len(found), limit=500):
            found += page
        assert [message["sequence"] for message in found] == list(range(1, len(found) + 1))
        return found


def _check_acked(one: SentMessage, stored: dict[str, Any] | None) -> None:
    assert stored is not None, f"acked and lost: {one}"
    assert one.ack is not None
    acked = one.ack["response"]
    for name in ("messageId", "sequence", "sender", "receiver", "timestamp", "clientId"):
        assert acked[name] == stored[name], (name, one, stored)
