"""One process deletes the last message of a file while another one forwards it: never a forwarded message without its
bytes, never bytes that nothing has."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import requests

from chatapp.files.configured import FOLDER
from tests.cluster.nodes import Cluster
from tests.databases import Databases
from tests.people import Person
from tests.uploads import HttpClient, SignedIn, upload

ROUNDS = 60
HEAD_STARTS = 10
HEAD_START_SECONDS = 0.004


@pytest.fixture
def cluster(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, cleared: Callable[[Cluster], Cluster]
) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("forwarding"), databases.new())
    try:
        yield cleared(running.start())
        assert "Traceback" not in running.log
    finally:
        running.kill()


@pytest.mark.slow
def test_a_file_is_forwarded_whole_or_not_at_all_while_its_last_message_is_deleted(cluster: Cluster) -> None:
    alice = Person(cluster.nodes[0], "alice")
    client = SignedIn(HttpClient(cluster.http.http, alice.http), {"auth-token": alice.token})
    forwarded: dict[str, bytes] = {}
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            content = f"round {number}".encode()
            files = [{"uploadId": upload(client, content)}]
            said = alice.post("/messages", {"receiver": "bob", "content": "", "files": files}).json()["response"]
            copied = race(pool, cluster, alice, said["messageId"], number)
            if copied is not None:
                [file] = copied["files"]
                forwarded[file["fileId"]] = content
    assert 0 < len(forwarded) < ROUNDS, "each of them wins sometimes"
    assert cluster.command("files", "sweep").returncode == 0
    checked = cluster.command("files", "check", "--read")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for file_id, content in forwarded.items():
        assert alice.get(f"/file/{file_id}").content == content
    assert len(stored(cluster)) == len(forwarded)


def race(pool: ThreadPoolExecutor, cluster: Cluster, alice: Person, message_id: str, number: int) -> Any:
    """One process deletes the message while the other forwards it. Returns the copy, or None if there is none."""
    barrier = Barrier(2)
    # Now one and now the other has one, so that each wins, whichever database is faster at what.
    head_start = (number % (2 * HEAD_STARTS) - HEAD_STARTS) * HEAD_START_SECONDS
    doors = [cluster.http.http, cluster.nodes[0].ws]
    deleting, forwarding = doors if number % 2 else reversed(doors)
    signed = {"auth-token": alice.token}

    def delete() -> int:
        barrier.wait()
        time.sleep(max(0.0, head_start))
        return requests.delete(f"{deleting}/message/{message_id}", headers=signed, timeout=30).status_code

    def forward() -> Any:
        barrier.wait()
        time.sleep(max(0.0, -head_start))
        address = f"{forwarding}/message/{message_id}/forward"
        return requests.post(address, json={"receiver": "carol"}, headers=signed, timeout=30)

    deleted, answer = pool.submit(delete), pool.submit(forward)
    assert deleted.result() == 200
    if answer.result().status_code == 200:
        return answer.result().json()["response"]
    assert answer.result().json()["error"]["code"] in ("message_deleted", "not_found"), answer.result().text
    return None


def stored(cluster: Cluster) -> list[Path]:
    folder = cluster.http.instance / FOLDER
    return [path for path in folder.rglob("*") if path.is_file() and "partial" not in path.parts]
