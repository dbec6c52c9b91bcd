"""Batches of reactions: what is stored, refused and told, on SQLite and PostgreSQL."""

from concurrent.futures import Future
from typing import Any

from sqlalchemy import text

from chatapp.actions.groups import remove_member
from chatapp.actions.message_changes import delete_message
from chatapp.actions.reactions import react, reactors_of
from chatapp.errors import LimitReached, MessageDeleted, NotFound
from chatapp.journal.drafts import FeedbackOutcome, StoredFeedback
from chatapp.notices import ConversationChanged, Notice
from chatapp.payload_fields import MOST_EMOJI
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness
from tests.actions.feedback import caller, kinds, present, reaction, revision, rows, sent, vote


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

    def write(_transaction: Any) -> None:
        if not answer.done():
            harness.journal.give_feedback(reaction(harness, "bob", message), answer.set_result)
            harness.journal.submit(lambda later: later.session.execute(sql, key))

    harness.journal.write(write)
    assert isinstance(answer.result(PATIENCE_SECONDS), MessageDeleted)


def test_the_history_before_a_member_joined_takes_no_reactions_of_theirs(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    hidden, shown = sent(harness, harness.draft("alice", group), harness.draft("alice", group))
    sql = "UPDATE membership SET joined_sequence = 1 WHERE user_id = :user_id"
    hide = "UPDATE conversation SET shares_history = FALSE"

    def write(transaction: Any) -> None:
        transaction.session.execute(text(sql), {"user_id": harness.ids["bob"]})
        transaction.session.execute(text(hide))

    harness.journal.write(write)
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


def test_each_caller_sees_the_message_with_their_own(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    (message,) = sent(harness, harness.draft("alice", group))
    with harness.app.app_context():
        react(harness.journal, caller(harness, "alice"), message.message_id, "👍", is_on=True)
        seen = react(harness.journal, caller(harness, "bob"), message.message_id, "🎉", is_on=True)
    assert seen.stored.state is not None
    found = [(one.emoji, one.count, one.usernames, one.is_own) for one in seen.stored.state.reactions]
    assert found == [("👍", 1, ["alice"], False), ("🎉", 1, ["bob"], True)]
