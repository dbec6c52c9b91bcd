"""Large files under both servers: the process holds a piece of each in memory, whatever the size and the pace."""

import contextlib
import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
import requests

from tests.databases import Databases
from tests.engine.conftest import with_users
from tests.people import Person
from tests.servers import Server
from tests.uploads import TUS

MEGABYTE = 1_000_000
SIZE = 300 * MEGABYTE
MOST_GROWTH_BYTES = 20 * MEGABYTE
PIECE_BYTES = 1 << 20
SLOW_BYTES, PAUSE_SECONDS = 20 * MEGABYTE, 0.1
"""What the reader of a download reads slowly, and its pause after each piece of that."""
SHAPES = {
    "own listener": [sys.executable, "-W", "ignore", "ws.py"],
    "gunicorn": [sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:{port}", "ws:app"],
}


@pytest.fixture(scope="module", params=SHAPES)
def server(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("large")
    database = with_users(sqlite_only.new(), folder)
    started = Server(folder, SHAPES[request.param], one_port=True, CHATAPP_DATABASE_URL=database)
    started.start(started.ws + "/readyz")
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture
def resident(server: Server) -> Callable[[], int]:
    """`resident()` reads the memory of the process that serves."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    serving = next(iter(process.children()), process)
    return lambda: int(serving.memory_info().rss)


@pytest.fixture(scope="module")
def alice(server: Server) -> Iterator[Person]:
    person = Person(server, "user0")
    yield person
    person.http.close()


@pytest.mark.slow
def test_the_memory_of_the_process_does_not_grow_with_a_large_file(
    server: Server, alice: Person, resident: Callable[[], int]
) -> None:
    # What the first transfer needs once, such as threads and modules, does not count.
    download(server, alice, sent(server, alice, MEGABYTE, resident)[0], MEGABYTE, resident)
    before = resident()
    path, most_of_upload = sent(server, alice, SIZE, resident)
    most_of_download = download(server, alice, path, SIZE, resident)
    assert most_of_upload - before < MOST_GROWTH_BYTES
    assert most_of_download - before < MOST_GROWTH_BYTES


def sent(server: Server, alice: Person, size: int, resident: Callable[[], int]) -> tuple[str, int]:
    """Uploads a file in one request and sends it to another user. Returns its path and the largest memory meanwhile."""
    headers = {"auth-token": alice.token, **TUS}
    begun = requests.post(server.http + "/uploads", headers={**headers, "Upload-Length": str(size)}, timeout=10)
    path = begun.headers["Location"]
    about = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Content-Length": str(size)}
    most, piece = 0, os.urandom(PIECE_BYTES)
    with connected(server) as client:
        client.putrequest("PATCH", path)
        for name, value in {**headers, **about}.items():
            client.putheader(name, value)
        client.endheaders()
        for start in range(0, size, PIECE_BYTES):
            client.send(piece[: size - start])
            most = max(most, resident())
        with client.getresponse() as answer:
            assert answer.status == 204
    message = {"receiver": "user1", "content": "", "files": [{"uploadId": path.rpartition("/")[2]}]}
    said = requests.post(server.http + "/messages", json=message, headers={"auth-token": alice.token}, timeout=10)
    return f"/file/{said.json()['response']['files'][0]['fileId']}", max(most, resident())


def download(server: Server, alice: Person, path: str, size: int, resident: Callable[[], int]) -> int:
    """Reads a file, slowly at first. Returns the largest memory meanwhile."""
    most, count = 0, 0
    with connected(server) as client:
        client.request("GET", path, headers={"auth-token": alice.token})
        with client.getresponse() as response:
            while data := response.read(PIECE_BYTES):
                if count < SLOW_BYTES:
                    time.sleep(PAUSE_SECONDS)
                count += len(data)
                most = max(most, resident())
    assert count == size
    return most


def connected(server: Server) -> contextlib.closing[http.client.HTTPConnection]:
    """A new connection for each request: gunicorn closes those that are idle."""
    return contextlib.closing(http.client.HTTPConnection(server.http.removeprefix("http://"), timeout=60))
