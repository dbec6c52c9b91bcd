"""Each process answers for itself, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from chatapp.extensions import db
from chatapp.metrics.exposition import render
from tests.conftest import Browser
from tests.metrics.scrape import TOKEN, scrape
from tests.people import wait_until
from tests.servers import SOCKETS, Server


@pytest.fixture
def http(make_app: Callable[..., Flask]) -> Flask:
    """The HTTP side, in this process."""
    return make_app()


@pytest.fixture
def sockets(http: Flask, tmp_path: Path) -> Iterator[Server]:
    """A process of the sockets that shares the database."""
    url = http.extensions["chatapp.settings"].database_url
    settings = {"CHATAPP_DATABASE_URL": url, "CHATAPP_METRICS_TOKEN": TOKEN, "CHATAPP_NODE": "sockets-1"}
    started = Server(tmp_path / "sockets", SOCKETS, **settings)
    started.start(started.ws + "/readyz")
    yield started
    assert started.stop() == 0, started.log


def test_a_process_of_the_sockets_counts_the_age_of_another_ones_notices(http: Flask, sockets: Server) -> None:
    before = scrape(sockets, is_sockets=True)
    assert before.value("chatapp_database_up") == 1
    assert any(dict(labels).get("node") == "sockets-1" for name, labels in before.values if name == "chatapp_info")
    http.test_client_class = Browser
    client = http.test_client()
    assert client.post("/login", json={"username": "alice"}).status_code == 200
    assert client.post("/messages", json={"receiver": "bob", "content": "hello"}).status_code == 200
    wait_until(lambda: _arrived(sockets) > before.value("chatapp_bus_lag_seconds_count"), "a notice arrives")
    after = scrape(sockets, is_sockets=True)
    assert 0 <= after.value("chatapp_bus_lag_seconds_sum") < 60
    assert after.value("chatapp_messages_stored_total") == 0, "the other process has stored it"


def test_a_process_without_sockets_has_no_connections(http: Flask) -> None:
    with http.app_context():
        text = render(http.extensions["chatapp.metrics"]).decode()
    assert 'chatapp_jobs{kind="mail",state="waiting"} 0.0' in text
    assert "chatapp_connections{" not in text
    assert "chatapp_online_users" not in text


def test_metrics_are_answered_while_the_database_cannot_be_used(http: Flask) -> None:
    with http.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE job")
        text = render(http.extensions["chatapp.metrics"]).decode()
    assert "chatapp_database_up 0.0" in text
    assert "chatapp_journal_waiting{" in text
    assert "chatapp_jobs{" not in text


def _arrived(sockets: Server) -> float:
    return scrape(sockets, is_sockets=True).value("chatapp_bus_lag_seconds_count")
