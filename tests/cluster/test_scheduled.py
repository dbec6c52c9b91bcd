"""Scheduled messages with several processes: each is sent once, whichever process it was scheduled at."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chatapp.clock import now, to_iso
from tests.cluster.nodes import Cluster
from tests.databases import Databases
from tests.people import wait_until
from tests.uploads import HttpClient, SignedIn, upload

MESSAGES = 30
EACH_WITH_FILE = 3


@pytest.fixture
def cluster(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, cleared: Callable[[Cluster], Cluster]
) -> Iterator[Cluster]:
    """An HTTP process and a process for sockets; on PostgreSQL two of them."""
    url = databases.new()
    running = Cluster(tmp_path_factory.mktemp("scheduled"), url, count=2 if url.startswith("postgresql") else 1)
    try:
        yield cleared(running.start())
        assert "Traceback" not in running.log
    finally:
        running.kill()


def test_each_message_is_sent_once(cluster: Cluster) -> None:
    alice, bob = cluster.arrive("alice", 0), cluster.arrive("bob", len(cluster.nodes) - 1)
    client = SignedIn(HttpClient(cluster.http.http), {"auth-token": alice.token})
    uploads = [upload(client, b"bytes", f"{number}.txt") for number in range(0, MESSAGES, EACH_WITH_FILE)]
    begin = now() + timedelta(seconds=6)
    for number in range(MESSAGES):
        body: dict[str, Any] = {
            "receiver": "bob",
            "content": f"later {number}",
            "clientId": str(uuid.uuid4()),
            "dueAt": to_iso(begin),
        }
        if number % EACH_WITH_FILE == 0:
            body["files"] = [{"uploadId": uploads[number // EACH_WITH_FILE]}]
        assert alice.post("/scheduled", body).status_code == 200
    time.sleep(max(0.0, (begin - now()).total_seconds()))
    wait_until(lambda: len(bob.messages()) >= MESSAGES, "all of them arrive")
    wait_until(lambda: alice.get("/scheduled").json() == {"scheduled": []}, "none is left")
    wanted = sorted(f"later {number}" for number in range(MESSAGES))
    assert sorted(message["content"] for message in bob.history("alice")) == wanted
    assert sorted(message["content"] for message in bob.messages()) == wanted
    named = [(message["content"], file["name"]) for message in bob.messages() for file in message.get("files", [])]
    assert sorted(named) == sorted(
        (f"later {number}", f"{number}.txt") for number in range(0, MESSAGES, EACH_WITH_FILE)
    )
