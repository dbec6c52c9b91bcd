"""What becomes of notifications that a push service does not take: the next attempt is the same job again."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.extensions import db
from chatapp.jobs import enqueue
from chatapp.jobs.runner import Runner
from chatapp.journal import Journal
from chatapp.journal.push_jobs import LOOK_SECONDS
from chatapp.models import JobRow
from chatapp.push import jobs, sender
from chatapp.push.sender import Retry
from tests.api.senders import sign_in
from tests.people import wait_until
from tests.push_service import PushBrowser, PushService

PAUSES_SECONDS = (0.1, 0.2, 0.1)


@pytest.fixture
def refusing(service: PushService) -> Iterator[PushService]:
    """Takes nothing now."""
    service.status = 503
    yield service
    service.status = 201
    service.may_answer.set()


@pytest.fixture
def app(make_app: Callable[..., Flask], refusing: PushService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application in which bob is subscribed and alice has written to him, and whose notifications are sent."""
    monkeypatch.setattr(sender, "RETRY_SECONDS", PAUSES_SECONDS)
    app = make_app(push_origins=refusing.origin)
    alice, bob = sign_in(app, "alice"), sign_in(app, "bob")
    # A browser subscribes with the server's key. The first who asks for it has it made.
    assert bob.get("/push").json["publicKey"]
    assert bob.put("/push/subscription", json=PushBrowser().body(f"{refusing.origin}/retries")).status_code == 200
    time.sleep(LOOK_SECONDS)
    refusing.received.clear()
    journal: Journal = app.extensions["chatapp.journal"]
    runner = Runner(app.app_context, journal, app.extensions["chatapp.settings"], jobs.KINDS)
    journal.listen(runner.committed)
    runner.start()
    assert alice.post("/messages", json={"receiver": "bob", "content": "hello"}).status_code == 200
    yield app
    runner.stop()


def waiting(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """The kind, the state and the payload of each job."""
    with app.app_context():
        return [(row.kind, row.state, json.loads(row.payload)) for row in db.session.scalars(select(JobRow))]


def test_a_notification_that_is_never_taken_is_given_up_after_the_last_pause(app: Flask, refusing: PushService) -> None:
    wait_until(lambda: len(refusing.received) == 1 + len(PAUSES_SECONDS), "each pause is followed by an attempt")
    wait_until(lambda: waiting(app) == [], "no other attempt waits")
    assert len(refusing.received) == 1 + len(PAUSES_SECONDS)


def test_a_newer_notification_that_waits_keeps_its_attempts(app: Flask, refusing: PushService) -> None:
    wait_until(lambda: len(refusing.received) == 1, "the first attempt is refused")
    refusing.may_answer.clear()
    wait_until(lambda: len(refusing.received) == 2, "the second attempt is under way")
    running = next(payload for kind, state, payload in waiting(app) if (kind, state) == (jobs.RETRY, "running"))
    newer = Retry(running["conversation_id"], running["session_id"], running["after"] + 1, attempt=2, seconds=60)

    def add(transaction: Any) -> None:
        key = f"{newer.conversation_id} {newer.session_id}"
        enqueue(transaction, jobs.RETRY, asdict(newer), delay=timedelta(seconds=newer.seconds), key=key)

    app.extensions["chatapp.journal"].write(add)
    refusing.may_answer.set()
    wait_until(lambda: len(waiting(app)) == 1, "the second attempt has ended")
    assert waiting(app) == [(jobs.RETRY, "waiting", asdict(newer))]
