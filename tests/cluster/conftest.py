"""All users disconnect after each test, so that the tests of a module can share processes."""

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.nodes import Cluster, running_cluster
from tests.databases import Databases


@pytest.fixture(scope="module")
def running(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A process for HTTP and one for sockets. Some modules have others."""
    cluster = Cluster(tmp_path_factory.mktemp("pair"), databases.new())
    with running_cluster(cluster) as started:
        yield started


@pytest.fixture
def pair(running: Cluster, cleared: Callable[[Cluster], Cluster]) -> Cluster:
    """The processes, for one test."""
    return cleared(running)


@pytest.fixture
def cleared() -> Iterator[Callable[[Cluster], Cluster]]:
    used: list[Cluster] = []

    def use(cluster: Cluster) -> Cluster:
        used.append(cluster)
        return cluster

    yield use
    for cluster in used:
        cluster.clear()
