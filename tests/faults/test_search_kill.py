"""SIGKILL right after an ack: what was not indexed yet is found after the next start."""

from collections.abc import Callable

from tests.people import Person, wait_until
from tests.servers import Server


def test_a_message_acked_before_a_kill_is_found_after_the_next_start(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice = Person(server, "alice").connect()
    for number in range(5):
        assert alice.say("bob", f"pineapple {number}")["success"]
    server.kill()
    alice.disconnect()
    server.start()
    bob = Person(server, "bob").connect()

    def found() -> list[str]:
        answer = bob.call("search", {"q": "pineapple"})
        assert answer["success"], answer
        return [hit["message"]["content"] for hit in answer["hits"]]

    wait_until(lambda: len(found()) == 5, "the index is complete")
    assert found() == [f"pineapple {number}" for number in (4, 3, 2, 1, 0)]
    assert alice.http.get(server.http + "/search", params={"q": "pineapple 3"}).json()["hits"] != []
    bob.disconnect()
