"""SIGKILL during conversations: acked messages are kept, others can be retried, and no user stays online."""

from collections.abc import Callable

from tests.faults.conversation_under_fault import TALKERS, Conversations
from tests.people import Person
from tests.servers import Server

ROUNDS = 4


def test_acked_messages_survive_kills_and_retries_are_stored_once(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    talk = Conversations(server, seed=20)
    for _ in range(ROUNDS):
        talk.connect()
        assert _online(talk.people[0]) == set(TALKERS)
        talk.start()
        talk.wait_for_acks(talk.chance.randint(20, 120))
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
