"""A real server that hands its notifications to a push service on loopback."""

import sys
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.people import NEWCOMERS
from tests.push_service import PushService, push_service
from tests.servers import Server


@pytest.fixture(scope="package")
def service() -> Iterator[PushService]:
    with push_service() as started:
        yield started


@pytest.fixture(scope="package")
def server(databases: Databases, service: PushService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    command = [sys.executable, "-m", "chatapp", "serve", "--demo", str(NEWCOMERS)]
    url, folder = databases.new(), tmp_path_factory.mktemp("instance")
    started = Server(folder, command, CHATAPP_DATABASE_URL=url, CHATAPP_PUSH_ORIGINS=service.origin).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log
