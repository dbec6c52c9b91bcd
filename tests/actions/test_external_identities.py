"""First sign-ins by a provider, at the same time in two processes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from chatapp import close_app, create_app
from chatapp.actions.external_identities import sign_in_person
from chatapp.actions.sessions import Caller, Place
from chatapp.extensions import db
from chatapp.external_person import Person
from chatapp.models import ExternalIdentity, User
from chatapp.oidc.settings import ProviderSettings
from tests.databases import Databases

PROVIDER = ProviderSettings(label="x", issuer="https://id.example.org", client_id="x", join="yes")
AT_ONCE = 8


@pytest.fixture
def apps(databases: Databases, tmp_path: Path) -> Iterator[list[Flask]]:
    """Two applications on one database, each with a journal of its own."""
    url = databases.new()
    made = [create_app({"instance": tmp_path, "database_url": url, "async_mode": "threading"}) for _ in range(2)]
    yield made
    for app in made:
        close_app(app)


def sign_in_all(apps: list[Flask], people: list[Person]) -> list[Caller]:
    def sign_in(number: int) -> Caller:
        app = apps[number % 2]
        with app.app_context():
            journal, settings = app.extensions["chatapp.journal"], app.extensions["chatapp.settings"]
            return sign_in_person(journal, settings, PROVIDER, people[number], None, Place())

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(sign_in, range(len(people))))


def person(subject: str, email: str | None = None) -> Person:
    return Person(PROVIDER.issuer, subject, email, "erin", "Erin", "", None)


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_one_person_gets_one_account(apps: list[Flask]) -> None:
    before = count(apps[0], User)
    found = sign_in_all(apps, [person("erin", "erin@example.org")] * AT_ONCE)
    assert len({caller.user_id for caller in found}) == 1
    assert (count(apps[0], User) - before, count(apps[0], ExternalIdentity)) == (1, 1)


def test_people_of_one_name_get_an_account_each(apps: list[Flask]) -> None:
    found = sign_in_all(apps, [person(f"erin {number}") for number in range(AT_ONCE)])
    assert sorted(caller.username for caller in found) == ["erin", *(f"erin{n}" for n in range(2, AT_ONCE + 1))]


def test_people_of_one_verified_address_are_one(apps: list[Flask]) -> None:
    found = sign_in_all(apps, [person(f"erin {number}", "erin@example.org") for number in range(AT_ONCE)])
    assert len({caller.user_id for caller in found}) == 1
    assert count(apps[0], ExternalIdentity) == AT_ONCE
