"""How long the system keeps messages, changed by another process: by the command, beside two Socket.IO processes."""

from collections.abc import Iterator

import pytest

from tests.cluster.nodes import Cluster, running_cluster
from tests.databases import new_postgres_database, with_tables


@pytest.fixture(scope="module")
def running(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("retention")
    cluster = Cluster(folder, with_tables(new_postgres_database(postgres_url), folder), count=2)
    with running_cluster(cluster) as started:
        yield started


@pytest.mark.slow
def test_the_connections_of_every_process_hear_of_it(pair: Cluster) -> None:
    alice, bob = pair.arrive("alice", 0), pair.arrive("bob", 1)
    for days in (30, 0):
        changed = pair.command("retention", str(days), "--yes")
        assert changed.returncode == 0, changed.stderr
        for one in (alice, bob):
            one.wait_for("retention", lambda told, days=days: told["retentionDays"] == days)
