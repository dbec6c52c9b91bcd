"""Votes in batches."""

from concurrent.futures import Future, ThreadPoolExecutor

from chatapp.actions import polls
from chatapp.actions.feedback import SeenMessage
from chatapp.actions.polls import close_poll
from chatapp.errors import ChatError, InvalidInput, NotFound, PollClosed
from chatapp.journal.drafts import StoredFeedback
from tests.actions.conftest import JournalHarness
from tests.actions.feedback import caller, kinds, poll, reaction, revision, rows, vote
from tests.people import wait_until


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
