"""SIGKILL around the time when scheduled messages are due: after the next start each of them was sent, and once."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from chatapp.clock import now, to_iso
from tests.people import Person, wait_until
from tests.servers import Server

MESSAGES = 40
SPREAD_SECONDS = 2.0


def test_scheduled_messages_are_sent_once_although_the_server_is_killed(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice = Person(server, "alice")
    begin = now() + timedelta(seconds=6)
    for number in range(MESSAGES):
        due_at = begin + timedelta(seconds=SPREAD_SECONDS * number / MESSAGES)
        body = {"receiver": "bob", "content": f"later {number}", "clientId": str(uuid.uuid4())}
        assert alice.post("/scheduled", {**body, "dueAt": to_iso(due_at)}).status_code == 200
    time.sleep(max(0.0, (begin - now()).total_seconds()))
    wait_until(lambda: bool(alice.history("bob")), "the first of them is sent")
    server.kill()
    time.sleep(SPREAD_SECONDS)
    server.start()
    wait_until(lambda: alice.get("/scheduled").json() == {"scheduled": []}, "all of them are sent")
    found = [message["content"] for message in alice.history("bob")]
    assert sorted(found) == sorted(f"later {number}" for number in range(MESSAGES))
    assert "Traceback" not in server.log
