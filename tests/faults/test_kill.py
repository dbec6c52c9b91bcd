"""SIGKILL while people are connected: nobody is online after the next start. Messages are the matter of
`nemesis/kill.py`."""

from collections.abc import Callable

from tests.people import Person
from tests.servers import Server


def test_nobody_is_online_after_a_kill(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    people = [Person(server, name).connect() for name in ("alice", "bob")]
    assert _online(people[0]) == {"alice", "bob"}
    server.kill()
    for person in people:
        person.disconnect()
    server.start()
    assert _online(people[0]) == set()
    assert "Traceback" not in server.log


def _online(person: Person) -> set[str]:
    return {one["username"] for one in person.get("/users").json()["users"] if one["isOnline"]}
