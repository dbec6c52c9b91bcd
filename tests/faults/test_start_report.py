"""What a start says of a run that was killed."""

import re
from collections.abc import Callable

from tests.people import Person
from tests.servers import Server

SENTENCE = "The last run did not end in order: "


def test_a_start_after_a_kill_says_what_it_found_and_one_after_a_stop_says_nothing(
    start: Callable[..., Server], url: str
) -> None:
    server = start(url)
    alice = Person(server, "alice").connect()
    assert alice.say("bob", "hello")["success"] is True
    server.kill()
    alice.disconnect()
    server.start()
    (line,) = [one for one in server.log.splitlines() if SENTENCE in one]
    # A job that repeats may have been under way.
    assert re.search(r"\d jobs are taken over, and 1 people are offline until they connect again", line)
    assert "The database is at revision 00" in line
    if url.startswith("sqlite"):
        assert " bytes) of SQLite's log are recovered" in line
    assert server.stop() == 0
    server.start()
    assert server.stop() == 0
    assert server.log.count(SENTENCE) == 1
