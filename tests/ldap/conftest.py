"""One directory for all tests, and an application for each database that signs people in by it."""

import socket
from collections.abc import Iterator

import pytest
from flask import Flask

from chatapp import close_app, create_app
from tests.conftest import CAST
from tests.databases import Databases
from tests.ldap.slapd import GROUPS, Slapd

ROLES = {f"CN=admins, {GROUPS}": "administrator", f"cn=moderators,{GROUPS}": "moderator"}


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    started = Slapd(tmp_path_factory.mktemp("slapd"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def shared_app(slapd: Slapd, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    (folder / "ldap.toml").write_text(slapd.settings(roles=ROLES))
    made = create_app(
        {
            "instance": folder,
            "database_url": databases.new(*CAST),
            "sign_in": "password",
            "async_mode": "threading",
            "sign_in_limit": "1000 per minute",
        }
    )
    made.testing = True
    yield made
    close_app(made)


@pytest.fixture(scope="session")
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """With all failures forgotten."""
    shared_app.extensions["chatapp.sign_in_delays"]._memory.reset()
    return shared_app
