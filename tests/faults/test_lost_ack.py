"""An ack is lost, and the client retries over another connection or over HTTP during the first attempt."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults.conversation_under_fault import emit
from tests.people import Person, wait_until
from tests.servers import Server

People = Callable[..., Person]

AT_ONCE = 20


def test_concurrent_retries_on_several_connections_keep_order_and_store_once(server: Server, people: People) -> None:
    bob = people("bob").connect()
    tabs = [people("alice").connect() for _ in range(3)]
    group = bob.make_group("g", "alice", "bob")
    for number in range(AT_ONCE):
        place = {"receiver": group, "group": True} if number % 2 else {"receiver": "bob"}
        client_id = str(uuid.uuid4())
        acks = [emit(tab, content=f"m{number}", clientId=client_id, **place) for tab in tabs]
        with ThreadPoolExecutor(1) as pool:
            posted = pool.submit(_post, tabs[0], f"m{number}", client_id, place).result()
        answers = [ack.result(timeout=8) for ack in acks] + [posted]
        assert all(one["success"] for one in answers)
        assert len({one["response"]["messageId"] for one in answers}) == 1
    _same_everywhere(bob, group)
    assert _live(bob) == {f"m{number}": 1 for number in range(AT_ONCE)}
    assert "Traceback" not in server.log


def test_a_retry_after_a_broken_connection_gets_the_first_ack(people: People) -> None:
    carol = people("carol").connect()
    client_id = str(uuid.uuid4())
    first = people("alice").connect()
    emit(first, receiver="carol", content="once", clientId=client_id)
    # The connection breaks before the ack without a close, as in a network failure.
    first.socket.eio.ws.sock.shutdown(2)
    second = people("alice").connect()
    ack = second.say("carol", "once", clientId=client_id)
    assert ack["success"] is True
    assert [one["messageId"] for one in carol.history("alice")] == [ack["response"]["messageId"]]
    other = second.say("carol", "other words, same id", clientId=client_id)
    assert other["response"]["content"] == "once"
    assert len(carol.history("alice")) == 1


def test_concurrent_retries_from_several_tabs_store_one_message(people: People) -> None:
    tabs = [people("alice").connect() for _ in range(4)]
    client_id = str(uuid.uuid4())
    together = threading.Barrier(len(tabs))

    def say(tab: Person) -> Any:
        together.wait()
        return tab.say("user0", "first words ever", clientId=client_id)

    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(say, tabs))
    assert {one["response"]["messageId"] for one in answers} == {answers[0]["response"]["messageId"]}
    assert len(tabs[0].history("user0")) == 1


def _post(person: Person, content: str, client_id: str, place: dict[str, Any]) -> Any:
    return person.post("/messages", {"content": content, "clientId": client_id, **place}).json()


def _same_everywhere(bob: Person, group: str) -> None:
    private, in_group = bob.history("alice"), bob.history(group, group=True)
    for page in (private, in_group):
        assert [one["sequence"] for one in page] == list(range(1, AT_ONCE // 2 + 1))


def _live(person: Person) -> dict[str, int]:
    wait_until(lambda: len(person.messages()) >= AT_ONCE, "all arrive")
    contents = [one["content"] for one in person.messages()]
    return {one: contents.count(one) for one in contents}
