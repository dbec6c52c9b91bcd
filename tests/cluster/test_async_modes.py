"""The Socket.IO side without eventlet, with a separate HTTP process. tests/engine/test_modes.py has the rest."""

import importlib.util
from collections.abc import Iterator

import pytest

from tests.cluster.nodes import Cluster, running_cluster
from tests.databases import with_tables
from tests.people import wait_until

MODES = ["threading", *(["gevent"] if importlib.util.find_spec("gevent") else [])]


@pytest.fixture(scope="module", params=MODES)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp(request.param)
    url = with_tables(f"sqlite:///{folder / 'chat.db'}", folder)
    cluster = Cluster(folder, url, CHATAPP_ASYNC_MODE=request.param)
    with running_cluster(cluster) as started:
        yield started


@pytest.mark.slow
def test_a_group_and_a_message_of_the_http_process_reach_the_socket(pair: Cluster) -> None:
    alice, bob = pair.arrive("alice"), pair.arrive("bob")
    group = alice.make_group("g", "bob")
    bob.wait_for("newgrp")
    answer = alice.post("/messages", {"receiver": group, "group": True, "content": "posted"})
    assert answer.json()["success"] is True
    bob.wait_for_message("posted")
    alice.wait_for("updateDeliveryStatusOnConnection")


def test_signing_out_closes_the_socket(pair: Cluster) -> None:
    bob = pair.arrive("bob")
    assert bob.post("/logout", {}).status_code == 200
    bob.wait_for("token-expired")
    wait_until(lambda: not bob.socket.connected, "the socket is closed")
