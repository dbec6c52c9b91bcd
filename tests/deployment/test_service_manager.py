"""What `chatapp serve` tells systemd: when it is ready, that it is alive, and that it stops."""

import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from chatapp.service_manager import ServiceManager
from tests.deployment.notify_socket import NotifySocket, listening
from tests.servers import Server

WATCHDOG_SECONDS = 1.0
BLOCKED_SECONDS = 4.0
BLOCKABLE = f"""
import signal, time

sleep = time.sleep  # the one that blocks, before it is replaced
signal.signal(signal.SIGUSR1, lambda *_: sleep({BLOCKED_SECONDS}))
from chatapp.cli import main

main(["serve"])
"""
"""A server whose event loop stands still for a while when it gets SIGUSR1."""


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[NotifySocket]:
    with listening(tmp_path / "notify") as found:
        yield found


@pytest.fixture
def server(manager: NotifySocket, tmp_path: Path) -> Iterator[Server]:
    """Started, but not waited for."""
    watchdog = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": int(WATCHDOG_SECONDS * 1_000_000)}
    found = Server(tmp_path / "instance", [sys.executable, "-c", BLOCKABLE], **watchdog)
    found.instance.mkdir()
    found.process = found._start_process()
    yield found
    found.kill()


@pytest.mark.slow
def test_a_server_says_that_it_is_ready_when_it_answers_and_alive_from_then_on(
    server: Server, manager: NotifySocket
) -> None:
    assert manager.next(60) == "READY=1", server.log
    for address in (server.http, server.ws):
        assert requests.get(address + "/readyz", timeout=5).status_code == 200
    times = manager.times_of("WATCHDOG=1", 5 * WATCHDOG_SECONDS)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) >= 4
    assert statistics.median(gaps) == pytest.approx(WATCHDOG_SECONDS / 2, abs=WATCHDOG_SECONDS / 4)


@pytest.mark.slow
def test_a_stuck_event_loop_gives_no_sign_of_life(server: Server, manager: NotifySocket) -> None:
    manager.wait_for("READY=1")
    manager.wait_for("WATCHDOG=1")
    assert server.process is not None
    server.process.send_signal(signal.SIGUSR1)
    time.sleep(WATCHDOG_SECONDS / 4)
    before = manager.times_of("WATCHDOG=1", 0.01)
    assert manager.times_of("WATCHDOG=1", BLOCKED_SECONDS - 2 * WATCHDOG_SECONDS) == [], before
    manager.wait_for("WATCHDOG=1", BLOCKED_SECONDS + 10)


@pytest.mark.slow
def test_a_server_says_that_it_stops_before_it_does(server: Server, manager: NotifySocket) -> None:
    manager.wait_for("READY=1")
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    manager.wait_for("STOPPING=1", 10)
    assert server.process.wait(timeout=15) == 0
    assert manager.times_of("WATCHDOG=1", 0.01) == []


def test_an_address_without_a_folder_is_reached_too() -> None:
    with listening(f"@chatapp-{os.getpid()}") as manager:
        ServiceManager({"NOTIFY_SOCKET": manager.address}).ready()
        assert manager.next(1) == "READY=1"


@pytest.mark.parametrize(
    "watchdog", [{}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "20", "WATCHDOG_PID": "1"}]
)
def test_signs_of_life_are_given_only_to_a_manager_that_wants_them_from_this_process(
    manager: NotifySocket, watchdog: dict[str, str]
) -> None:
    told = ServiceManager({"NOTIFY_SOCKET": manager.address, **watchdog})
    told.alive()
    assert manager.next(0.05) is None
    wanted = {"WATCHDOG_USEC": "20", "WATCHDOG_PID": str(os.getpid())}
    ServiceManager({"NOTIFY_SOCKET": manager.address, **wanted}).alive()
    assert manager.next(1) == "WATCHDOG=1"


def test_a_manager_that_is_gone_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()
    assert "The service manager could not be told READY=1" in caplog.text
    caplog.clear()
    ServiceManager({}).ready()
    assert caplog.text == ""
