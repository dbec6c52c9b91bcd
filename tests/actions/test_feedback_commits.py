"""Commits of reactions: together with messages, refused, in doubt, and by two processes."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from chatapp.database import WriterConnection
from chatapp.errors import ChatError
from chatapp.journal import StoredMessage
from chatapp.journal.drafts import FeedbackOutcome, ReactionDraft, StoredFeedback
from chatapp.notices import CatchUp, Notice
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness
from tests.actions.feedback import kinds, present, reaction, revision, rows, sent


def test_messages_and_reactions_share_a_transaction(harness: JournalHarness) -> None:
    """The messages come first, and neither takes a revision of the other."""
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    answers: list[Future[Any]] = [Future(), Future(), Future()]

    def write(_transaction: Any) -> None:
        if not answers[0].running() and answers[0].set_running_or_notify_cancel():
            harness.journal.give_feedback(reaction(harness, "bob", message), answers[1].set_result)
            harness.journal.send(harness.draft("alice", group, "next"), answers[0].set_result)
            harness.journal.give_feedback(reaction(harness, "alice", message), answers[2].set_result)

    harness.journal.write(write)
    new, *given = [answer.result(PATIENCE_SECONDS) for answer in answers]
    assert isinstance(new, StoredMessage)
    assert kinds(given) == [StoredFeedback] * 2
    assert revision(harness, group) == new.revision + 1
    assert rows(harness, "SELECT changed_revision FROM message WHERE sequence = 1") == [(new.revision + 1,)]


def test_a_batch_that_the_database_refuses_is_stored_one_by_one(harness: JournalHarness) -> None:
    """A row without an emoji breaks a constraint. The others are stored all the same."""
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    outcomes = harness.give_together(
        reaction(harness, "alice", message),
        ReactionDraft(harness.ids["bob"], message.message_id, None, True),  # type: ignore[arg-type]
    )
    assert isinstance(outcomes[0], StoredFeedback)
    assert isinstance(outcomes[1], ChatError)
    assert present(harness) == {(1, "👍", "alice")}


def test_a_reaction_whose_commit_is_in_doubt_is_safely_given_again(
    harness: JournalHarness, told: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    before = revision(harness, group)
    commit = WriterConnection.commit

    def commit_and_lose_the_answer(connection: WriterConnection) -> None:
        commit(connection)
        monkeypatch.setattr(WriterConnection, "commit", commit)
        raise OSError("The connection is gone.")

    def give() -> FeedbackOutcome:
        answer: Future[FeedbackOutcome] = Future()
        harness.journal.give_feedback(reaction(harness, "bob", message), answer.set_result)
        return answer.result(PATIENCE_SECONDS)

    monkeypatch.setattr(WriterConnection, "commit", commit_and_lose_the_answer)
    told.clear()
    assert isinstance(give(), ChatError)
    assert told == [], "nobody is told of a commit that may have failed"
    assert isinstance(give(), StoredFeedback)
    assert told == [CatchUp()], "the next commit makes up for it"
    assert present(harness) == {(1, "👍", "bob")}
    assert revision(harness, group) == before + 1


def test_two_processes_react_to_one_message(url: str, open_harness: Callable[[str], JournalHarness]) -> None:
    one, two = open_harness(url), open_harness(url)
    group = one.group("alice", "bob")
    (message,) = sent(one, one.draft("alice", group))
    before = revision(one, group)
    faces = [chr(number) for number in range(0x1F600, 0x1F600 + 20)]
    answers: list[Future[FeedbackOutcome]] = []
    for face in faces:
        for harness, name in ((one, "alice"), (two, "bob")):
            answers.append(Future())
            harness.journal.give_feedback(reaction(harness, name, message, face), answers[-1].set_result)
    assert {type(answer.result(PATIENCE_SECONDS)) for answer in answers} == {StoredFeedback}
    assert len(present(one)) == 40
    revisions = {row[0] for row in rows(one, "SELECT DISTINCT revision FROM reaction")}
    assert revisions == set(range(before + 1, revision(one, group) + 1))
