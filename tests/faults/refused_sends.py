"""A conversation of alice and bob while their server can store nothing, and afterwards."""

import uuid
from collections.abc import Callable
from typing import Any

import requests

from tests.people import Person, wait_until
from tests.servers import Server

MOST_MESSAGES = 200
"""The log of a database has some room of its own."""


def say_until_refused(sender: Person, receiver: str, text: Callable[[], str]) -> tuple[dict[str, Any], str]:
    """The first failure ack, and the client id of its message."""
    for _ in range(MOST_MESSAGES):
        client_id = str(uuid.uuid4())
        ack = sender.say(receiver, text(), clientId=client_id)
        if not ack["success"]:
            return ack, client_id
    raise AssertionError("Nothing was refused")


def check_that_reads_go_on(server: Server, bob: Person, client_id: str) -> None:
    """alice has said "before", and then what was refused, which is not stored."""
    stored = bob.history("alice", limit=500)
    assert stored[0]["content"] == "before"
    assert client_id not in {one["clientId"] for one in stored}
    assert requests.get(server.http + "/readyz", timeout=5).status_code == 200


def check_that_a_retry_is_stored_once(alice: Person, bob: Person, client_id: str, text: str) -> None:
    """As the outbox of a client does: the same message again. The server was not started anew."""
    wait_until(lambda: alice.say("bob", text, clientId=client_id)["success"], "it can be stored again")
    history = bob.history("alice", limit=500)
    assert [one["sequence"] for one in history] == list(range(1, len(history) + 1))
    assert [one["clientId"] for one in history].count(client_id) == 1


def check_the_end(server: Server, *people: Person) -> None:
    """The server knows that it is over, and ends in order."""
    wait_until(lambda: "The database can be written again" in server.log, "the log says that it is over")
    for person in people:
        person.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log
