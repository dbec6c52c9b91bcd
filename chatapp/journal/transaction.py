"""The content of one transaction, its results, and the interfaces of those that learn of its commit."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from chatapp.database import WriterConnection
from chatapp.journal.drafts import (
    FeedbackDraft,
    FeedbackOutcome,
    MessageDraft,
    Outcome,
    StoredMessage,
    WatermarkUpdates,
)
from chatapp.notices import Notice

Result = TypeVar("Result")


Listener = Callable[[list[StoredMessage], list[Notice]], None]
"""Called after each commit, in commit order, with the new messages and the other notices. Must not block."""


class Publisher(Protocol):
    """Publishes the notices about a commit to other processes. `chatapp.bus` implements it."""

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        """Called by the journal inside the transaction that the notices are about."""

    def after_commit(self, notices: list[Notice]) -> None:
        """Called by the journal after the commit. Must not raise, and must not block for long."""


@dataclass(slots=True)
class Transaction:
    """The argument of a write: an ORM session in the batch's transaction, and the notices to send after the commit."""

    session: Session
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Write(Generic[Result]):
    run: Callable[[Transaction], Result]
    future: "Future[Result]"
    is_durable: bool


@dataclass(slots=True)
class QueuedDraft:
    draft: MessageDraft | FeedbackDraft
    done: Callable[[Any], None]


@dataclass(slots=True)
class Work:
    """The content of one transaction."""

    writes: list["Write[Any]"] = field(default_factory=list)
    drafts: list[QueuedDraft] = field(default_factory=list)
    watermarks: WatermarkUpdates = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        return bool(self.drafts) or any(write.is_durable for write in self.writes)

    @property
    def is_single(self) -> bool:
        return len(self.writes) + len(self.drafts) + bool(self.watermarks) <= 1


@dataclass(slots=True)
class Committed:
    """The results of a transaction, handed out after its commit."""

    results: list[Any] = field(default_factory=list)
    outcomes: list[Outcome | FeedbackOutcome] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def messages(self) -> list[StoredMessage]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, StoredMessage) and not outcome.is_repeat]
