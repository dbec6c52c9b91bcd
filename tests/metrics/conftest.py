"""A server whose metrics can be read."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.metrics.scrape import TOKEN
from tests.people import NEWCOMERS
from tests.servers import SERVE, Server


@pytest.fixture(scope="module")
def server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("measured")
    settings = {"CHATAPP_DATABASE_URL": sqlite_only.new(), "CHATAPP_METRICS_TOKEN": TOKEN, "CHATAPP_JOIN_TIMEOUT": 1}
    started = Server(folder, [*SERVE, "--demo", str(NEWCOMERS)], **settings).start()
    yield started
    assert started.stop() == 0, started.log
