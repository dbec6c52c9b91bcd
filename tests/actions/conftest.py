"""Each test has its own journal, on a database with the users alice, bob, carol and mallory."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser
from chatapp.actions.groups import create_group
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.group_payloads import NewGroup
from chatapp.journal import Journal, MessageDraft
from chatapp.journal.drafts import FeedbackDraft, FeedbackOutcome, Outcome, Watermark
from chatapp.models import Membership, Message, User
from chatapp.notices import Notice
from chatapp.payloads import UserName
from tests.databases import Databases

NAMES = ("alice", "bob", "carol", "mallory")
PATIENCE_SECONDS = 15

Answer = TypeVar("Answer")


class JournalHarness:
    """The journal of one process, with shortcuts to write through it and to read its database."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.journal: Journal = app.extensions["chatapp.journal"]
        with app.app_context():
            rows = db.session.execute(select(User.username, User.id)).all()
        self.ids: dict[str, int] = {row.username: row.id for row in rows}
        self._raised: dict[tuple[int, int], Watermark] = {}
        self.journal.set_watermark_source(self._take_raised)

    def draft(self, sender: str, receiver: str, content: str = "hello", **extra: Any) -> MessageDraft:
        is_group = receiver.isdigit()
        return MessageDraft(self.ids[sender], sender, receiver, is_group, content, **extra)

    def send(self, *drafts: MessageDraft) -> "list[Future[Outcome]]":
        """Queues the drafts. The returned futures get the outcomes."""
        answers: list[Future[Outcome]] = [Future() for _ in drafts]
        for draft, answer in zip(drafts, answers, strict=True):
            self.journal.send(draft, answer.set_result)
        return answers

    def send_all(self, *drafts: MessageDraft) -> list[Outcome]:
        return [answer.result(PATIENCE_SECONDS) for answer in self.send(*drafts)]

    def send_together(self, *drafts: MessageDraft) -> list[Outcome]:
        """Sends the drafts in one transaction."""
        return self.in_one_transaction(lambda: self.send(*drafts))

    def give_together(self, *drafts: FeedbackDraft) -> list[FeedbackOutcome]:
        """Gives reactions and votes in one transaction."""

        def give() -> "list[Future[FeedbackOutcome]]":
            answers: list[Future[FeedbackOutcome]] = [Future() for _ in drafts]
            for draft, answer in zip(drafts, answers, strict=True):
                self.journal.give_feedback(draft, answer.set_result)
            return answers

        return self.in_one_transaction(give)

    def in_one_transaction(self, queue: "Callable[[], list[Future[Answer]]]") -> "list[Answer]":
        """Queues work while an earlier transaction is blocked. Returns the answers."""
        is_running, may_go_on = Future[None](), Future[None]()

        def block(_transaction: Any) -> None:
            # The write runs again if its transaction fails. It must block only the first time.
            if not is_running.done():
                is_running.set_result(None)
            may_go_on.result(PATIENCE_SECONDS)

        blocked = self.journal.submit(block)
        is_running.result(PATIENCE_SECONDS)
        answers = queue()
        may_go_on.set_result(None)
        blocked.result(PATIENCE_SECONDS)
        return [answer.result(PATIENCE_SECONDS) for answer in answers]

    def group(self, creator: str, *others: str) -> str:
        caller = Caller(self.ids[creator], creator, "", now())
        body = NewGroup(groupName="Lunch", users=[UserName(username=name) for name in others])
        with self.app.app_context():
            return str(create_group(self.journal, caller, body).conversation_id)

    def raise_watermarks(self, conversation_id: int, user_id: int, delivered: int = 0, read: int = 0) -> None:
        """Raises watermarks in memory, for the journal to collect and write."""
        self._raised[conversation_id, user_id] = Watermark(delivered, read)
        self.journal.schedule_watermarks()

    def stored(self, conversation_id: int) -> list[tuple[int, str]]:
        """Returns the sequence and content of each message, in order."""
        query = select(Message.sequence, Message.content).where(Message.conversation_id == conversation_id)
        with self.app.app_context():
            return [(row[0], row[1]) for row in db.session.execute(query.order_by(Message.sequence))]

    def _take_raised(self) -> dict[tuple[int, int], Watermark]:
        taken, self._raised = self._raised, {}
        return taken

    def marks(self, conversation_id: int, username: str) -> tuple[int, int]:
        """Returns a member's delivered and read watermarks from the database."""
        query = select(Membership.delivered_sequence, Membership.read_sequence).where(
            Membership.conversation_id == conversation_id, Membership.user_id == self.ids[username]
        )
        with self.app.app_context():
            row = db.session.execute(query).one()
        return row[0], row[1]


@pytest.fixture
def open_harness(tmp_path: Path) -> Iterator[Callable[[str], JournalHarness]]:
    """`open_harness(url)` opens a separate application on that database."""
    made: list[Flask] = []

    def make(url: str) -> JournalHarness:
        settings = {"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"}
        made.append(create_app(settings))
        return JournalHarness(made[-1])

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def url(databases: Databases, open_harness: Callable[[str], JournalHarness]) -> str:
    """The URL of a database with the four users."""
    return databases.new(*(NewUser(name, name.title()) for name in NAMES))


@pytest.fixture
def harness(url: str, open_harness: Callable[[str], JournalHarness]) -> JournalHarness:
    return open_harness(url)


@pytest.fixture
def told(harness: JournalHarness) -> list[Notice]:
    """The notices of all commits."""
    found: list[Notice] = []
    harness.journal.listen(lambda _messages, notices: found.extend(notices))
    return found
