"""A journal of its own for each test, over a database with alice, bob, carol and mallory."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp import close_app, create_app
from chatapp.actions.accounts import Caller, NewUser
from chatapp.actions.groups import create_group
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.journal import Journal, MessageDraft
from chatapp.journal.drafts import Outcome, Watermark
from chatapp.models import Membership, Message, User
from chatapp.payloads import NewGroup, UserName
from tests.databases import Databases

NAMES = ("alice", "bob", "carol", "mallory")
PATIENCE_SECONDS = 15


class Desk:
    """A process's journal, and what tests ask of it and of its database."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.journal: Journal = app.extensions["chatapp.journal"]
        with app.app_context():
            rows = db.session.execute(select(User.username, User.id)).all()
        self.ids: dict[str, int] = {row.username: row.id for row in rows}
        self._noted: dict[tuple[int, int], Watermark] = {}
        self.journal.set_watermark_source(self._take_noted)

    def draft(self, sender: str, receiver: str, content: str = "hello", **extra: Any) -> MessageDraft:
        is_group = receiver.isdigit()
        return MessageDraft(self.ids[sender], sender, receiver, is_group, content, **extra)

    def send(self, *drafts: MessageDraft) -> "list[Future[Outcome]]":
        """Hands them over; the futures are done when the journal has answered."""
        answers: list[Future[Outcome]] = [Future() for _ in drafts]
        for draft, answer in zip(drafts, answers, strict=True):
            self.journal.send(draft, answer.set_result)
        return answers

    def send_all(self, *drafts: MessageDraft) -> list[Outcome]:
        return [answer.result(PATIENCE_SECONDS) for answer in self.send(*drafts)]

    def send_together(self, *drafts: MessageDraft) -> list[Outcome]:
        """Sends them so that one transaction takes them all: they gather while the one before it is held up."""
        is_running, may_go_on = Future[None](), Future[None]()

        def hold_up(_transaction: Any) -> None:
            # A job runs twice if what shares its transaction fails; it waits only once.
            if not is_running.done():
                is_running.set_result(None)
            may_go_on.result(PATIENCE_SECONDS)

        held = self.journal.submit(hold_up)
        is_running.result(PATIENCE_SECONDS)
        answers = self.send(*drafts)
        may_go_on.set_result(None)
        held.result(PATIENCE_SECONDS)
        return [answer.result(PATIENCE_SECONDS) for answer in answers]

    def group(self, creator: str, *others: str) -> str:
        caller = Caller(self.ids[creator], creator, "", now())
        body = NewGroup(groupName="Lunch", users=[UserName(username=name) for name in others])
        with self.app.app_context():
            return str(create_group(self.journal, caller, body).conversation_id)

    def note(self, conversation_id: int, user_id: int, delivered: int = 0, read: int = 0) -> None:
        """Somebody confirmed or read: for the journal to write when it is time."""
        self._noted[conversation_id, user_id] = Watermark(delivered, read)
        self.journal.schedule_watermarks()

    def stored(self, conversation_id: int) -> list[tuple[int, str]]:
        """Sequence and content of each message, in order."""
        query = select(Message.sequence, Message.content).where(Message.conversation_id == conversation_id)
        with self.app.app_context():
            return [(row[0], row[1]) for row in db.session.execute(query.order_by(Message.sequence))]

    def _take_noted(self) -> dict[tuple[int, int], Watermark]:
        taken, self._noted = self._noted, {}
        return taken

    def marks(self, conversation_id: int, username: str) -> tuple[int, int]:
        """A member's delivered and read watermarks, as the database has them."""
        query = select(Membership.delivered_sequence, Membership.read_sequence).where(
            Membership.conversation_id == conversation_id, Membership.user_id == self.ids[username]
        )
        with self.app.app_context():
            row = db.session.execute(query).one()
        return row[0], row[1]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """`open_desk(url)` is a process of its own on that database."""
    made: list[Flask] = []

    def make(url: str) -> Desk:
        settings = {"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"}
        made.append(create_app(settings))
        return Desk(made[-1])

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def url(databases: Databases, open_desk: Callable[[str], Desk]) -> str:
    """A database with the four in it."""
    return databases.new(*(NewUser(name, name.title()) for name in NAMES))


@pytest.fixture
def desk(url: str, open_desk: Callable[[str], Desk]) -> Desk:
    return open_desk(url)
