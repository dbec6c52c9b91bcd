"""Batches of reactions and votes: what is stored, refused and told, on SQLite and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from chatapp.actions import polls
from chatapp.actions.feedback import SeenMessage
from chatapp.actions.groups import remove_member
from chatapp.actions.message_changes import delete_message
from chatapp.actions.polls import close_poll, create_poll
from chatapp.actions.reactions import react, reactors_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.errors import ChatError, InvalidInput, LimitReached, MessageDeleted, NotFound, PollClosed
from chatapp.extensions import db
from chatapp.journal import StoredMessage
from chatapp.journal.drafts import FeedbackOutcome, ReactionDraft, StoredFeedback, VoteDraft
from chatapp.notices import CatchUp, ConversationChanged, Notice
from chatapp.payload_fields import MOST_EMOJI
from chatapp.poll_payloads import NewPoll
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness
from tests.people import wait_until


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


@pytest.fixture
def told(harness: JournalHarness) -> list[Notice]:
    """The notices of all commits."""
    found: list[Notice] = []
    harness.journal.listen(lambda _messages, notices: found.extend(notices))
    return found


def test_a_batch_takes_one_revision_for_each_changed_message(harness: JournalHarness, told: list[Notice]) -> None:
    group = harness.group("alice", "bob", "carol")
    first, second, third = sent(harness, *[harness.draft("alice", group) for _ in range(3)])
    before = revision(harness, group)
    told.clear()
    outcomes = harness.give_together(
        reaction(harness, "alice", first),
        reaction(harness, "bob", second, "🎉"),
        reaction(harness, "bob", first),
        reaction(harness, "carol", first, "🎉"),
        reaction(harness, "carol", third, is_on=False),
    )
    assert kinds(outcomes) == [StoredFeedback] * 5
    assert present(harness) == {(1, "👍", "alice"), (1, "👍", "bob"), (1, "🎉", "carol"), (2, "🎉", "bob")}
    assert revision(harness, group) == before + 2
    assert told == [ConversationChanged(int(group), before + 1, before + 2, 3, (), can_wait=True)]
    query = "SELECT sequence, changed_revision FROM message WHERE changed_revision IS NOT NULL ORDER BY sequence"
    assert rows(harness, query) == [(1, before + 1), (2, before + 2)]
    found = rows(harness, "SELECT DISTINCT sequence, revision FROM reaction ORDER BY sequence")
    assert found == [(1, before + 1), (2, before + 2)]
    state = rows(harness, f"SELECT state_revision FROM conversation WHERE id = {int(group)}")
    assert state == [(before + 2,)]


def test_the_callers_of_a_batch_share_one_reading_of_the_message(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    one, two = harness.give_together(reaction(harness, "alice", message), reaction(harness, "bob", message))
    assert isinstance(one, StoredFeedback)
    assert isinstance(two, StoredFeedback)
    assert one.message is two.message


def test_toggling_in_one_batch_ends_as_one_after_the_other(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    harness.give_together(reaction(harness, "bob", message))
    before = revision(harness, group)
    harness.give_together(
        reaction(harness, "alice", message),
        reaction(harness, "bob", message, is_on=False),
        reaction(harness, "alice", message, is_on=False),
        reaction(harness, "bob", message),
        reaction(harness, "bob", message),
        reaction(harness, "alice", message, "🎉"),
    )
    assert present(harness) == {(1, "👍", "bob"), (1, "🎉", "alice")}
    assert revision(harness, group) == before + 1
    harness.give_together(reaction(harness, "bob", message), reaction(harness, "bob", message, "👀", is_on=False))
    assert revision(harness, group) == before + 1, "what changes nothing takes no revision"
    harness.give_together(reaction(harness, "alice", message), reaction(harness, "bob", message, is_on=False))
    assert present(harness) == {(1, "👍", "alice"), (1, "🎉", "alice")}, "what was taken back is given again"


def test_refused_reactions_do_not_affect_the_others_of_their_batch(harness: JournalHarness) -> None:
    group, other = harness.group("alice", "bob", "carol"), harness.group("bob", "carol")
    kept, deleted = sent(harness, harness.draft("alice", group), harness.draft("alice", group))
    (foreign,) = sent(harness, harness.draft("bob", other))
    (private,) = sent(harness, harness.draft("bob", "carol"))
    with harness.app.app_context():
        delete_message(harness.journal, caller(harness, "alice"), deleted.message_id, 0)
        remove_member(harness.journal, caller(harness, "alice"), group, "carol")
    before = revision(harness, group)
    outcomes = harness.give_together(
        reaction(harness, "alice", kept),
        reaction(harness, "carol", kept),
        reaction(harness, "mallory", kept),
        reaction(harness, "alice", deleted),
        reaction(harness, "alice", foreign),
        reaction(harness, "alice", private),
        reaction(harness, "alice", f"{group}-99"),
        reaction(harness, "alice", "999-1"),
        reaction(harness, "alice", "hello"),
        vote(harness, "alice", kept, 0),
        reaction(harness, "bob", kept),
        reaction(harness, "bob", private),
    )
    accepted = [0, 10, 11]
    assert [number for number, one in enumerate(outcomes) if isinstance(one, StoredFeedback)] == accepted
    assert kinds(outcomes)[3] is MessageDeleted
    assert {kind for number, kind in enumerate(kinds(outcomes)) if number not in (*accepted, 3)} == {NotFound}
    assert present(harness) == {(1, "👍", "alice"), (1, "👍", "bob")}
    assert rows(harness, "SELECT COUNT(*) FROM reaction") == [(3,)]
    assert revision(harness, group) == before + 1


def test_a_job_before_the_batch_counts(harness: JournalHarness) -> None:
    """A message that is deleted in the transaction that the reaction is in takes none."""
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    key = {"conversation_id": message.conversation_id, "sequence": message.sequence}
    sql = text("UPDATE message SET deleted_at = 1 WHERE conversation_id = :conversation_id AND sequence = :sequence")
    answer: Future[FeedbackOutcome] = Future()

    def job(_transaction: Any) -> None:
        if not answer.done():
            harness.journal.give_feedback(reaction(harness, "bob", message), answer.set_result)
            harness.journal.submit(lambda later: later.session.execute(sql, key))

    harness.journal.write(job)
    assert isinstance(answer.result(PATIENCE_SECONDS), MessageDeleted)


def test_the_history_before_a_member_joined_takes_no_reactions_of_theirs(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    hidden, shown = sent(harness, harness.draft("alice", group), harness.draft("alice", group))
    sql = "UPDATE membership SET joined_sequence = 1 WHERE user_id = :user_id"
    hide = "UPDATE conversation SET shares_history = FALSE"

    def job(transaction: Any) -> None:
        transaction.session.execute(text(sql), {"user_id": harness.ids["bob"]})
        transaction.session.execute(text(hide))

    harness.journal.write(job)
    outcomes = harness.give_together(
        reaction(harness, "bob", hidden), reaction(harness, "alice", hidden), reaction(harness, "bob", shown)
    )
    assert kinds(outcomes) == [NotFound, StoredFeedback, StoredFeedback]
    assert isinstance(outcomes[2], StoredFeedback)
    assert outcomes[2].hidden_up_to == 1


def test_different_emoji_are_limited_within_a_batch(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    faces = [chr(number) for number in range(0x1F600, 0x1F600 + MOST_EMOJI)]
    full = harness.give_together(*(reaction(harness, "alice", message, face) for face in faces))
    assert set(kinds(full)) == {StoredFeedback}
    outcomes = harness.give_together(
        reaction(harness, "bob", message, "👍"),
        reaction(harness, "bob", message, faces[0]),
        reaction(harness, "alice", message, faces[1], is_on=False),
        reaction(harness, "bob", message, "👍"),
        reaction(harness, "alice", message, faces[1]),
    )
    assert kinds(outcomes) == [LimitReached, StoredFeedback, StoredFeedback, StoredFeedback, LimitReached]
    assert len({row[1] for row in present(harness)}) == MOST_EMOJI
    taken_back = reaction(harness, "bob", message, "👍", is_on=False)
    assert kinds(harness.give_together(taken_back)) == [StoredFeedback]
    assert kinds(harness.give_together(reaction(harness, "bob", message, "🎉"))) == [StoredFeedback]


def test_reactions_of_a_batch_are_listed_in_the_order_in_which_they_came(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob", "carol")
    (message,) = sent(harness, harness.draft("alice", group))
    harness.give_together(*(reaction(harness, name, message) for name in ("carol", "alice", "bob")))
    with harness.app.app_context():
        assert reactors_of(caller(harness, "bob"), message.message_id) == {"👍": ["carol", "alice", "bob"]}


def test_votes_of_a_batch_are_checked_one_by_one(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob", "carol")
    single, multiple, closed = poll(harness, group), poll(harness, group, isMultiple=True), poll(harness, group)
    with harness.app.app_context():
        close_poll(harness.journal, caller(harness, "alice"), closed.message_id)
    before = revision(harness, group)
    outcomes = harness.give_together(
        vote(harness, "alice", single, 0),
        vote(harness, "bob", single, 1, 2),
        vote(harness, "bob", single, 3),
        vote(harness, "bob", closed, 0),
        vote(harness, "mallory", single, 0),
        vote(harness, "bob", multiple, 0, 2, 2),
        vote(harness, "carol", single, 1),
        vote(harness, "carol", single, 2),
        vote(harness, "carol", multiple),
        reaction(harness, "carol", single),
    )
    refused = {1: InvalidInput, 2: InvalidInput, 3: PollClosed, 4: NotFound}
    assert {number: type(one) for number, one in enumerate(outcomes) if isinstance(one, ChatError)} == refused
    query = 'SELECT v.sequence, u.username, v.choices FROM poll_vote v JOIN "user" u ON u.id = v.user_id'
    assert set(rows(harness, query)) == {(1, "alice", 0b1), (2, "bob", 0b101), (1, "carol", 0b100)}
    assert revision(harness, group) == before + 2, "a vote and a reaction on one message are one change"
    harness.give_together(vote(harness, "carol", single, 0), vote(harness, "carol", single, 2))
    harness.give_together(vote(harness, "alice", single), vote(harness, "bob", multiple, 1))
    assert kinds(harness.give_together(vote(harness, "bob", single, 0, 0))) == [StoredFeedback]
    cast = {(1, "alice", 0), (1, "bob", 0b1), (2, "bob", 0b10), (1, "carol", 0b100)}
    assert set(rows(harness, query)) == cast


def test_one_reading_shows_each_voter_their_own_vote(harness: JournalHarness) -> None:
    asked = poll(harness, harness.group("alice", "bob"))

    def cast(name: str, option: int) -> SeenMessage:
        with harness.app.app_context():
            return polls.vote(harness.journal, caller(harness, name), asked.message_id, [option])

    with ThreadPoolExecutor(2) as pool:

        def both() -> list[Future[SeenMessage]]:
            answers = [pool.submit(cast, "alice", 0), pool.submit(cast, "bob", 2)]
            wait_until(lambda: len(harness.journal._drafts) == 2, "the votes are queued")
            return answers

        seen = harness.in_one_transaction(both)
    states = [one.stored.state.poll for one in seen if one.stored.state is not None]
    assert [(one.own, one.counts) for one in states if one is not None] == [([0], [1, 0, 1]), ([2], [1, 0, 1])]


def test_messages_and_reactions_share_a_transaction(harness: JournalHarness) -> None:
    """The messages come first, and neither takes a revision of the other."""
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    answers: list[Future[Any]] = [Future(), Future(), Future()]

    def job(_transaction: Any) -> None:
        if not answers[0].running() and answers[0].set_running_or_notify_cancel():
            harness.journal.give_feedback(reaction(harness, "bob", message), answers[1].set_result)
            harness.journal.send(harness.draft("alice", group, "next"), answers[0].set_result)
            harness.journal.give_feedback(reaction(harness, "alice", message), answers[2].set_result)

    harness.journal.write(job)
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


def test_each_caller_sees_the_message_with_their_own(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    with harness.app.app_context():
        react(harness.journal, caller(harness, "alice"), message.message_id, "👍", is_on=True)
        seen = react(harness.journal, caller(harness, "bob"), message.message_id, "🎉", is_on=True)
    assert seen.stored.state is not None
    found = [(one.emoji, one.count, one.usernames, one.is_own) for one in seen.stored.state.reactions]
    assert found == [("👍", 1, ["alice"], False), ("🎉", 1, ["bob"], True)]
