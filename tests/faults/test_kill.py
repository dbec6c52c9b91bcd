"""SIGKILL in the middle of a talk: what was acked is kept, what was not can be sent again, nobody is left online."""

from collections.abc import Callable

from tests.faults.conversation_under_fault import TALKERS, Talk
from tests.people import Person
from tests.servers import Server

ROUNDS = 4


def test_what_was_acked_outlives_kills_and_what_is_repeated_is_stored_once(
    start: Callable[..., Server], url: str
) -> None:
    server = start(url)
    talk = Talk(server, seed=20)
    for _ in range(ROUNDS):
        talk.connect()
        assert _online(talk.people[0]) == set(TALKERS)
        talk.start()
        talk.wait_for_promises(talk.chance.randint(20, 120))
        server.kill()
        talk.stop()
        talk.disconnect()
        talk.check_what_arrived()
        server.start()
        assert _online(talk.people[0]) == set()
    assert talk.unanswered(), "no kill came while a message was in flight"
    talk.connect()
    talk.repeat()
    talk.check_history()
    talk.disconnect()
    assert "Traceback" not in server.log


def _online(person: Person) -> set[str]:
    return {one["username"] for one in person.get("/users").json()["users"] if one["isOnline"]}
