"""PostgreSQL goes away and comes back during conversations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import requests
from sqlalchemy.engine import make_url

from tests.databases import new_postgres_database
from tests.faults.conversation_under_fault import Conversations
from tests.people import Person, wait_until
from tests.servers import Server


class Postgres:
    """Administers one database: ends its connections and refuses new ones."""

    def __init__(self, maintenance_url: str, url: str) -> None:
        self.url = url
        self._name = make_url(url).database
        self._connection = psycopg2.connect(maintenance_url)
        self._connection.autocommit = True

    def end_all_connections(self) -> None:
        self._connection.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self._name,)
        )

    @contextmanager
    def away(self) -> Iterator[None]:
        """Refuses all connections to the database within the context."""
        self._allow_connections(False)
        self.end_all_connections()
        yield
        self._allow_connections(True)

    def _allow_connections(self, is_allowed: bool) -> None:
        self._connection.cursor().execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS {is_allowed}')

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Postgres]:
    administrator = Postgres(postgres_url, new_postgres_database(postgres_url))
    yield administrator
    administrator.close()


@pytest.mark.slow
def test_terminated_database_connections_lose_no_message(start: Callable[..., Server], postgres: Postgres) -> None:
    server = start(postgres.url)
    talk = Conversations(server, seed=22)
    talk.connect()
    talk.start()
    for _ in range(5):
        talk.wait_for_acks(talk.chance.randint(20, 60))
        postgres.end_all_connections()
    talk.wait_for_acks(40)
    talk.stop()
    wait_until(lambda: talk.unanswered() == [], "every message has its answer")
    assert talk.refused() <= {"unavailable"}
    talk.repeat()
    talk.check_history()
    wait_until(talk.has_everyone_the_last_messages, "what was stored while the bus was away is shown too")
    talk.check_what_arrived()
    talk.disconnect()


def test_http_and_socket_report_unavailable_during_an_outage_and_recover_after_it(
    start: Callable[..., Server], postgres: Postgres
) -> None:
    server = start(postgres.url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with postgres.away():
        ack = alice.say("bob", "meanwhile", clientId="0a5a7bb4-0b0f-4c86-9d2a-5b6e4ab6b9d5")
        assert ack["success"] is False
        assert ack["error"]["code"] == "unavailable"
        assert requests.get(server.http + "/healthz", timeout=5).status_code == 200
        assert requests.get(server.http + "/readyz", timeout=5).status_code == 503
        answer = alice.get("/messages/alice/bob")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    wait_until(lambda: requests.get(server.http + "/readyz", timeout=5).status_code == 200, "ready again")
    again = alice.say("bob", "meanwhile", clientId="0a5a7bb4-0b0f-4c86-9d2a-5b6e4ab6b9d5")
    assert again["success"] is True
    assert again["response"]["deliveredToAll"] is True
    assert [one["content"] for one in bob.history("alice")] == ["before", "meanwhile"]
    bob.wait_for_message("meanwhile")
    for person in (alice, bob):
        person.disconnect()
