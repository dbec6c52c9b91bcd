"""/healthz and /readyz: health checks for monitoring."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from chatapp import close_app, create_app
from chatapp.migrations import bring_up_to_date
from tests.databases import Databases
from tests.servers import free_port


@pytest.fixture
def make_bare_app(tmp_path: Path) -> object:
    """Creates applications on a database without migrating it or adding users."""
    made: list[Flask] = []

    def make(url: str) -> Flask:
        made.append(create_app({"instance": tmp_path, "database_url": url, "async_mode": "threading"}))
        return made[-1]

    yield make
    for app in made:
        close_app(app)


def test_a_process_with_a_migrated_database_is_healthy_and_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "alive"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready"}


def test_a_database_without_tables_is_not_ready_until_it_is_migrated(
    databases: Databases, make_bare_app: Callable[[str], Flask]
) -> None:
    app = make_bare_app(databases.new_empty())
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "not migrated" in answer.get_json()["status"]
    bring_up_to_date(app)
    assert app.test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("kind", ["no-folder", "no-database", "no-server"])
def test_a_database_that_cannot_be_reached_is_not_ready(
    kind: str, tmp_path: Path, make_bare_app: Callable[[str], Flask]
) -> None:
    (tmp_path / "garbage.db").write_bytes(b"this is no database" * 1000)
    url = {
        "no-folder": f"sqlite:///{tmp_path}/nowhere/chat.db",
        "no-database": f"sqlite:///{tmp_path}/garbage.db",
        "no-server": f"postgresql://chat:hidden-word@127.0.0.1:{free_port()}/chat",
    }[kind]
    client = make_bare_app(url).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "not reachable" in answer.get_json()["status"]
    assert answer.get_json()["error"]["code"] == "unavailable"
    assert "hidden-word" not in answer.text
    assert "nowhere" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_health_checks_need_no_session_and_have_no_prefix(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert client.get("/web/healthz").status_code == 404
