"""PostgreSQL stops answering without closing its connections, and answers again later."""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import requests

from tests.databases import new_postgres_database
from tests.faults.conversation_under_fault import Conversations, emit
from tests.faults.postgres_proxy import PostgresProxy
from tests.people import Person, wait_until
from tests.realtime.wire import REFUSED, Wire
from tests.servers import Server

LIMIT_SECONDS = 1.5
"""CHATAPP_DATABASE_TIMEOUT."""
CALLS = 12
ANSWER_SECONDS = 8
"""Longest wait for a failure: one call may wait for another before it, and connects anew."""

Start = Callable[..., Server]


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[PostgresProxy]:
    opened = PostgresProxy(new_postgres_database(postgres_url))
    yield opened
    opened.close()


class HealthChecks:
    """Asks /healthz all the time, and keeps what took longer than a second."""

    def __init__(self, server: Server) -> None:
        self._address = server.http + "/healthz"
        self._stop = threading.Event()
        self.failures: list[str] = []
        self.count = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "HealthChecks":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            try:
                assert requests.get(self._address, timeout=1).status_code == 200
                self.count += 1
            except requests.RequestException as error:
                self.failures.append(str(error))


def refused(ack: dict[str, Any]) -> str:
    assert ack["success"] is False
    code: str = ack["error"]["code"]
    return code


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "forgets"), [("eventlet", True), ("threading", False)])
def test_while_it_hangs_calls_fail_in_time_and_afterwards_all_is_well(
    start: Start, proxy: PostgresProxy, mode: str, forgets: bool
) -> None:
    server = start(proxy.url, CHATAPP_DATABASE_TIMEOUT=LIMIT_SECONDS, CHATAPP_ASYNC_MODE=mode)
    alice, bob, carol = (Person(server, name).connect() for name in ("alice", "bob", "carol"))
    assert alice.say("bob", "before")["success"] is True
    client_ids = [str(uuid.uuid4()) for _ in range(3)]
    with HealthChecks(server) as health, proxy.hanging(forgets=forgets):
        made: Future[dict[str, Any]] = Future()
        alice.emit("createGroup", {"groupName": "Meanwhile", "users": []}, made.set_result)
        acks: list[Future[dict[str, Any]]] = [
            emit(person, receiver="bob", content=f"{person.username} meanwhile", clientId=client_id)
            for person, client_id in zip((alice, bob, carol), client_ids, strict=True)
        ]
        assert [refused(ack.result(ANSWER_SECONDS)) for ack in acks] == ["unavailable"] * 3
        assert refused(made.result(ANSWER_SECONDS)) == "unavailable"
        _check_that_calls_do_not_wait_one_after_the_other(alice)
        for answer in (
            alice.get("/messages/alice/bob", timeout=ANSWER_SECONDS),
            bob.post("/messages", {"receiver": "alice", "content": "over HTTP"}, timeout=ANSWER_SECONDS),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert requests.get(server.http + "/readyz", timeout=ANSWER_SECONDS).status_code == 503
        with contextlib.closing(Wire(server, carol.token)) as tab:
            assert tab.read(lambda frame: frame.kind == REFUSED).data["data"]["code"] == "unavailable"
        assert refused(alice.call("nothing", {})) == "unknown_event"
    assert health.failures == []
    assert health.count > 0
    wait_until(lambda: requests.get(server.http + "/readyz", timeout=5).status_code == 200, "ready again")
    again = alice.say("bob", "alice meanwhile", clientId=client_ids[0])
    assert again["success"] is True
    assert again["response"]["deliveredToAll"] is True
    contents = [one["content"] for one in bob.history("alice")]
    assert contents[0] == "before"
    assert contents.count("alice meanwhile") == 1
    bob.wait_for_message("alice meanwhile")
    # The command is another process: the server hears of it by the connection that listens for notices.
    assert server.run("users", "deactivate", "bob").returncode == 0
    bob.wait_for("token-expired")
    for person in (alice, bob, carol):
        person.disconnect()
    assert "Traceback" not in server.log
    assert server.stop() == 0


@pytest.mark.slow
def test_conversations_lose_nothing_that_was_acked_before_a_hang(start: Start, proxy: PostgresProxy) -> None:
    server = start(proxy.url, CHATAPP_DATABASE_TIMEOUT=LIMIT_SECONDS)
    talk = Conversations(server, seed=31)
    talk.connect()
    for _ in range(2):
        talk.start()
        talk.wait_for_acks(talk.chance.randint(20, 60))
        with proxy.hanging():
            talk.stop()
            wait_until(lambda: talk.unanswered() == [], "every message has its answer")
        wait_until(lambda: requests.get(server.http + "/readyz", timeout=5).status_code == 200, "ready again")
    talk.start()
    talk.wait_for_acks(40)
    talk.stop()
    wait_until(lambda: talk.unanswered() == [], "every message has its answer")
    assert talk.refused() == {"unavailable"}
    talk.repeat()
    talk.check_history()
    wait_until(talk.has_everyone_the_last_messages, "what was stored is shown too")
    talk.check_what_arrived()
    talk.disconnect()


def test_a_message_that_was_committed_before_a_hang_is_acked_and_shown_afterwards(
    start: Start, proxy: PostgresProxy
) -> None:
    server = start(proxy.url, CHATAPP_DATABASE_TIMEOUT=LIMIT_SECONDS)
    alice, bob = (Person(server, name).connect() for name in ("alice", "bob"))
    proxy.hang_after(b"INSERT INTO message ", b"COMMIT")
    ack = alice.say("bob", "first words", clientId=str(uuid.uuid4()))
    assert proxy.is_stalled
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, False)
    assert bob.messages() == []
    proxy.resume()
    for person in (alice, bob):
        assert person.wait_for_message("first words")["messageId"] == ack["response"]["messageId"]
        person.disconnect()


def test_a_late_confirmation_holds_nobody_up_and_its_tick_comes_afterwards(start: Start, proxy: PostgresProxy) -> None:
    server = start(proxy.url, CHATAPP_DATABASE_TIMEOUT=5, CHATAPP_DELIVERY_ACK_WINDOW=0.1)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob")
    to_bob = Wire(server, bob.token).joined()
    ack = alice.say("bob", "hello")
    assert ack["response"]["deliveredToAll"] is False
    with proxy.hanging():
        to_bob.confirm(to_bob.message("hello"), {"success": True, "receiver": "bob"})
        # Its own answer tells that the server has read the confirmation.
        assert to_bob.ack(to_bob.emit("nothing", {}), seconds=2)["error"]["code"] == "unknown_event"
        assert refused(alice.call("nothing", {}, timeout=2)) == "unknown_event"
        assert alice.received("updateDeliveryStatusOnConnection") == []
    assert alice.wait_for("updateDeliveryStatusOnConnection")["response"]["content"] == "hello"
    to_bob.close()
    alice.disconnect()


def test_a_recipient_who_connects_just_before_a_hang_confirms_after_it(start: Start, proxy: PostgresProxy) -> None:
    server = start(proxy.url, CHATAPP_DATABASE_TIMEOUT=LIMIT_SECONDS)
    alice, bob = Person(server, "alice"), Person(server, "bob")
    assert alice.post("/messages", {"receiver": "bob", "content": "hello"}).status_code == 200
    assert server.stop() == 0
    server.start()  # the watermarks of the conversation are not in memory any more
    # The last question before a connection is accepted, and the end of its transaction.
    proxy.hang_after(b"revoked_at IS NOT NULL", b"ROLLBACK")
    to_bob = Wire(server, bob.token).joined()
    wait_until(lambda: "Background work is retried" in server.log, "the confirmation fails")
    assert [one["content"] for one in to_bob.all_of("response")] == []
    proxy.resume()
    wait_until(lambda: alice.get("/readyz").status_code == 200, "ready again")
    wait_until(lambda: alice.history("bob")[0]["deliveredToAll"], "the message is confirmed")
    to_bob.close()


@pytest.mark.slow
def test_a_process_whose_database_hangs_catches_up_with_what_others_stored(
    start: Start, proxy: PostgresProxy, postgres_url: str, valkey_url: str
) -> None:
    settings = {
        "CHATAPP_REDIS_URL": valkey_url,
        "CHATAPP_DATABASE_TIMEOUT": LIMIT_SECONDS,
        "CHATAPP_DELIVERY_ACK_WINDOW": 0.2,
    }
    well = start(proxy.direct_url, CHATAPP_NODE="well", CHATAPP_SECRET_KEY="k" * 32, **settings)
    hanging = start(proxy.url, CHATAPP_NODE="hanging", CHATAPP_SECRET_KEY="k" * 32, **settings)
    alice, bob = Person(well, "alice").connect(), Person(hanging, "bob").connect()
    group = alice.make_group("two", "bob")
    bob.wait_for("newgrp")
    with proxy.hanging():
        assert alice.say("bob", "private")["success"] is True
        assert alice.say(group, "in the group", group=True)["success"] is True
        # It waits in line behind another one that has failed, or fails itself.
        failures = "Handling a ", "Background work is retried"
        wait_until(lambda: any(one in hanging.log for one in failures), "the notice could not be handled")
        assert bob.messages() == []
    bob.wait_for_message("private")
    bob.wait_for_message("in the group")
    for person in (alice, bob):
        person.disconnect()


def _check_that_calls_do_not_wait_one_after_the_other(alice: Person) -> None:
    started_at = time.monotonic()
    for number in range(CALLS):
        assert refused(alice.say("bob", f"and again {number}")) == "unavailable"
    assert time.monotonic() - started_at < CALLS * LIMIT_SECONDS / 2
