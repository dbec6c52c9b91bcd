"""Scanning: what is found, what is clean, and that what has not been scanned is not clean."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatapp.errors import Unavailable
from chatapp.files.scanner import Scanner
from tests.files.clamd import EICAR, LARGEST_BYTES, NAME, clamd


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with clamd(tmp_path_factory.mktemp("clamd")) as found:
        yield found


@pytest.fixture(params=["socket", "host and port"])
def scanner(request: pytest.FixtureRequest, addresses: tuple[str, str]) -> Scanner:
    return Scanner(addresses[request.param == "host and port"])


def file_of(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def test_the_test_virus_is_found_and_named(scanner: Scanner, tmp_path: Path) -> None:
    assert scanner.scan(file_of(tmp_path, EICAR)) == NAME


@pytest.mark.parametrize("data", [b"", b"hello", bytes(1_500_000)], ids=["nothing", "text", "many pieces"])
def test_a_clean_file_is_clean(scanner: Scanner, tmp_path: Path, data: bytes) -> None:
    assert scanner.scan(file_of(tmp_path, data)) is None


def test_a_file_that_the_daemon_refuses_for_its_size_is_not_clean(scanner: Scanner, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="refuses"):
        scanner.scan(file_of(tmp_path, bytes(LARGEST_BYTES * 10)))


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1", "host.invalid:3310"])
def test_a_daemon_that_is_not_there_makes_nothing_clean(address: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Scanner(address).scan(file_of(tmp_path, b"hello"))


@contextmanager
def daemon(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that listens, and answers one connection as it is told."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


ANSWERS = {
    "nothing": b"",
    "half an answer": b"stream: O",
    "an error": b"INSTREAM size limit exceeded. ERROR\0",
    "something else": b"HTTP/1.1 200 OK\r\n\r\n\0",
    "more than it may": b"stream: " + b"x" * 100_000,
    "a name that ends the line": b"stream: a\nstream: OK\0",
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS.keys())
def test_any_other_answer_makes_nothing_clean(said: bytes, tmp_path: Path) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(said)

    with daemon(answer) as address, pytest.raises(Unavailable):
        Scanner(address).scan(file_of(tmp_path, b"hello"))


def test_a_daemon_that_hangs_is_waited_for_no_longer_than_it_may_take(tmp_path: Path) -> None:
    ended = threading.Event()
    began_at = time.monotonic()
    with daemon(lambda _: ended.wait(10) and None) as address:
        with pytest.raises(Unavailable):
            Scanner(address, seconds=0.3).scan(file_of(tmp_path, bytes(50_000_000)))
        ended.set()
    assert time.monotonic() - began_at < 5
