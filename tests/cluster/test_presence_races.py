"""A user moves from one node to another in two concurrent transactions that do not see each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from chatapp.actions import presence
from chatapp.journal import Transaction
from chatapp.models import User
from tests.cluster.nodes import add_cast
from tests.databases import new_postgres_database, with_tables
from tests.people import wait_until


@pytest.fixture
def engine(postgres_url: str, tmp_path: Path) -> Iterator[Engine]:
    url = with_tables(new_postgres_database(postgres_url), tmp_path)
    add_cast(url, tmp_path)
    made = create_engine(make_url(url).set(drivername="postgresql+psycopg2"))
    with Session(made) as session:
        for node in ("one", "two"):
            presence.start_node(Transaction(session), node, is_only_node=False)
        session.commit()
    yield made
    made.dispose()


def test_the_last_presence_notice_of_a_user_who_moves_is_online(engine: Engine) -> None:
    with Session(engine) as session:
        bob = session.scalars(select(User.id).where(User.username == "bob")).one()
        presence.record(Transaction(session), "one", {bob}, set())
        session.commit()
    told: list[bool] = []

    def comes(transaction: Transaction) -> None:
        presence.record(transaction, "two", {bob}, set())
        transaction.session.commit()
        told.extend(notice.is_online for notice in transaction.notices)  # type: ignore[union-attr]

    with Session(engine) as leaving, Session(engine) as coming, ThreadPoolExecutor(1) as pool:
        goes = Transaction(leaving)
        presence.record(goes, "one", set(), {bob})
        arrival = pool.submit(comes, Transaction(coming))
        wait_until(lambda: arrival.done() or _waits_for_a_lock(engine), "the other one has come as far as it can")
        leaving.commit()
        told.extend(notice.is_online for notice in goes.notices)  # type: ignore[union-attr]
        arrival.result()
    assert told == [False, True]


def _waits_for_a_lock(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
