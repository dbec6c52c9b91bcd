"""One application with some providers, which all are the same scripted one with other settings."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp import close_app, create_app
from tests.conftest import CAST
from tests.databases import Databases
from tests.oidc.scripted_provider import CLIENT_ID, CLIENT_SECRET, ScriptedProvider
from tests.oidc.signing_in import ADDRESS

PROVIDERS = {
    "open": 'join = "yes"',
    "closed": 'join = "no"',
    "configured": "",
    "unlinked": 'join = "yes"\nlink = false',
    "staff": 'join = "yes"\nroles = { admins = "administrator", staff = "moderator" }',
    "ours": 'join = "yes"\ndomains = ["Example.org"]',
}


@pytest.fixture(scope="session")
def provider() -> Iterator[ScriptedProvider]:
    made = ScriptedProvider()
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_app(
    provider: ScriptedProvider, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    tables = [
        f'[{name}]\nlabel = "{name}"\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT_ID}"\n'
        f'client_secret = "{CLIENT_SECRET}"\n{more}\n'
        for name, more in PROVIDERS.items()
    ]
    (folder / "oidc.toml").write_text(f'address = "{ADDRESS}"\n' + "\n".join(tables))
    url = databases.new(*CAST)
    made = create_app({"instance": folder, "database_url": url, "sign_in": "password", "async_mode": "threading"})
    made.testing = True
    yield made
    close_app(made)


@pytest.fixture
def app(shared_app: Flask, provider: ScriptedProvider) -> Flask:
    """With everything that the providers have cached, and all failures, forgotten."""
    provider.reset()
    provider.published = [provider.key]
    for one in shared_app.extensions["chatapp.oidc"].values():
        one._metadata, one._keys = {}, None
    shared_app.extensions["chatapp.sign_in_delays"]._memory.reset()
    return shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
