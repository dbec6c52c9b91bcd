"""All users disconnect after each test, so that the tests of a module can share processes."""

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.nodes import Cluster


@pytest.fixture
def cleared() -> Iterator[Callable[[Cluster], Cluster]]:
    used: list[Cluster] = []

    def use(cluster: Cluster) -> Cluster:
        used.append(cluster)
        return cluster

    yield use
    for cluster in used:
        cluster.clear()
