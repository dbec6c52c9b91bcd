"""Reactions and votes that tests give, and what is stored of them."""

from typing import Any

from sqlalchemy import text

from chatapp.actions.polls import create_poll
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.journal import StoredMessage
from chatapp.journal.drafts import FeedbackOutcome, ReactionDraft, VoteDraft
from chatapp.poll_payloads import NewPoll
from tests.actions.conftest import JournalHarness


def caller(harness: JournalHarness, name: str) -> Caller:
    return Caller(harness.ids[name], name, "", now())


def reaction(
    harness: JournalHarness, name: str, message: StoredMessage | str, emoji: str = "👍", *, is_on: bool = True
) -> ReactionDraft:
    return ReactionDraft(harness.ids[name], getattr(message, "message_id", message), emoji, is_on)


def sent(harness: JournalHarness, *drafts: Any) -> list[StoredMessage]:
    return [outcome for outcome in harness.send_all(*drafts) if isinstance(outcome, StoredMessage)]


def poll(harness: JournalHarness, group: str, **fields: Any) -> StoredMessage:
    new = NewPoll(receiver=group, group=True, question="When?", options=["today", "tomorrow", "never"], **fields)
    with harness.app.app_context():
        return create_poll(harness.journal, caller(harness, "alice"), new)


def vote(harness: JournalHarness, name: str, message: StoredMessage, *options: int) -> VoteDraft:
    return VoteDraft(harness.ids[name], message.message_id, options)


def kinds(outcomes: list[FeedbackOutcome]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def rows(harness: JournalHarness, query: str) -> list[tuple[Any, ...]]:
    with harness.app.app_context():
        return [tuple(row) for row in db.session.execute(text(query))]


def present(harness: JournalHarness) -> set[tuple[Any, ...]]:
    """Sequence, emoji and username of each reaction."""
    query = """SELECT r.sequence, r.emoji, u.username FROM reaction r JOIN "user" u ON u.id = r.user_id
    WHERE NOT r.is_removed"""
    return set(rows(harness, query))


def revision(harness: JournalHarness, group: str) -> int:
    found: int = rows(harness, f"SELECT revision FROM conversation WHERE id = {int(group)}")[0][0]
    return found
