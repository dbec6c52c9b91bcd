"""Digests with several processes: each is sent once, whichever process finds that it is due."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from chatapp import close_app, create_app
from tests.api.digesting import Absent, look, parts_of, pass_time
from tests.cluster.nodes import Cluster
from tests.databases import Databases
from tests.mail_server import MailServer
from tests.people import wait_until

PEOPLE = 12


@pytest.fixture
def post() -> Iterator[MailServer]:
    started = MailServer().start()
    yield started
    started.stop()


@pytest.fixture
def app(databases: Databases, tmp_path: Path, post: MailServer) -> Iterator[Flask]:
    """A process without sockets, beside a process for sockets; on PostgreSQL two of them."""
    url = databases.new()
    sender = {"CHATAPP_MAIL_FROM": "chat@example.org", "CHATAPP_PUBLIC_URL": "https://chat.example.org"}
    count = 2 if url.startswith("postgresql") else 1
    running = Cluster(tmp_path, url, count=count, CHATAPP_SMTP_URL=post.url, **sender)
    made = create_app({"instance": tmp_path, "database_url": url, "async_mode": "threading", "sign_in": "password"})
    try:
        running.start()
        yield made
        assert "Traceback" not in running.log
    finally:
        close_app(made)
        running.kill()


@pytest.mark.slow
def test_each_digest_is_sent_once(app: Flask, post: MailServer) -> None:
    alice, *others = [Absent(app, f"person.{number}.") for number in range(PEOPLE + 1)]
    for person in others:
        alice.writes(person.name, "hello")
    pass_time(app, minutes=16)
    for _ in range(3):
        look(app)
    wait_until(lambda: len(post.received) >= PEOPLE, "all digests arrive")
    assert Counter(str(message["To"]) for message in post.received) == Counter(person.email for person in others)
    assert all("hello" in parts_of(message)[0] for message in post.received)
    pass_time(app, minutes=61)
    look(app)
    assert len(post.received) == PEOPLE
