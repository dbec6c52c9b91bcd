"""The journal: many writes share one transaction, and each gets its own outcome."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from chatapp.errors import ChatError, Conflict, InternalError, NotAMember, NotFound, Unavailable
from chatapp.journal import StoredMessage, Transaction
from chatapp.journal.drafts import Outcome
from chatapp.models import User
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness


def stored(outcome: Outcome) -> StoredMessage:
    assert isinstance(outcome, StoredMessage), outcome
    return outcome


def test_a_refused_draft_does_not_affect_the_others_of_its_batch(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    outcomes = harness.send_together(
        harness.draft("alice", group, "one"),
        harness.draft("mallory", group, "not theirs"),
        harness.draft("alice", "nobody", "to nobody"),
        harness.draft("bob", group, "two"),
        harness.draft("alice", "999999", "nowhere"),
        harness.draft("alice", "bob", "hello"),
    )
    kinds = [type(one) for one in outcomes]
    assert kinds == [StoredMessage, NotAMember, NotFound, StoredMessage, NotFound, StoredMessage]
    assert harness.stored(int(group)) == [(1, "one"), (2, "two")]


def test_a_draft_that_the_database_cannot_store_fails_alone(harness: JournalHarness) -> None:
    """Validation rejects such a draft. If one gets through, the other drafts of its batch must still be stored."""
    group = harness.group("alice")
    impossible = harness.draft("alice", group, "half a character: \ud800")
    outcomes = harness.send_together(
        harness.draft("alice", group, "one"), impossible, harness.draft("alice", group, "two"), impossible
    )
    assert [type(one) for one in outcomes] == [StoredMessage, InternalError, StoredMessage, InternalError]
    assert harness.stored(int(group)) == [(1, "one"), (2, "two")]
    assert stored(harness.send_all(harness.draft("alice", group, "three"))[0]).sequence == 3


def test_a_job_and_a_watermark_are_written_when_a_draft_of_their_transaction_fails(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    harness.send_all(harness.draft("alice", group))
    results: list[Future[Any]] = []

    def block(_transaction: Transaction) -> None:
        if not results:
            results.append(harness.journal.submit(lambda one: one.session.get(User, harness.ids["alice"]).username))
            harness.raise_watermarks(int(group), harness.ids["bob"], delivered=1)
            results.append(harness.send(harness.draft("alice", group, "\ud800"))[0])

    harness.journal.write(block)
    assert results[0].result(PATIENCE_SECONDS) == "alice"
    assert isinstance(results[1].result(PATIENCE_SECONDS), InternalError)
    harness.journal.flush_watermarks()
    assert harness.marks(int(group), "bob") == (1, 0)


def test_sequences_are_dense_and_in_each_senders_order_under_many_threads(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob", "carol")

    def talk(sender: str) -> list[StoredMessage]:
        return [
            stored(one) for one in harness.send_all(*[harness.draft(sender, group, f"{sender} {n}") for n in range(60)])
        ]

    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(talk, ("alice", "bob", "carol")))
    for one in said:
        assert [message.sequence for message in one] == sorted(message.sequence for message in one)
    everything = harness.stored(int(group))
    assert [sequence for sequence, _ in everything] == list(range(1, 181))
    for sender in ("alice", "bob", "carol"):
        assert [text for _, text in everything if text.startswith(sender)] == [f"{sender} {n}" for n in range(60)]


def test_two_processes_share_one_sequence(url: str, open_harness: Callable[[str], JournalHarness]) -> None:
    first, second = open_harness(url), open_harness(url)
    group = first.group("alice", "bob")
    work = [(first, "alice"), (second, "bob")]

    def talk(one: tuple[JournalHarness, str]) -> None:
        harness, sender = one
        for number in range(40):
            stored(harness.send_all(harness.draft(sender, group, f"{sender} {number}"))[0])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(talk, work))
    assert [sequence for sequence, _ in first.stored(int(group))] == list(range(1, 81))


def test_two_processes_can_open_one_conversation_at_the_same_time(
    url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    first, second = open_harness(url), open_harness(url)
    pairs = [("alice", "bob"), ("alice", "carol"), ("bob", "carol"), ("alice", "mallory"), ("bob", "mallory")]
    for one, other in pairs:
        start = threading.Barrier(2)

        def open_it(
            harness: JournalHarness, sender: str, receiver: str, start: threading.Barrier = start
        ) -> StoredMessage:
            start.wait(PATIENCE_SECONDS)
            return stored(harness.send_all(harness.draft(sender, receiver))[0])

        with ThreadPoolExecutor(2) as pool:
            here, there = pool.submit(open_it, first, one, other), pool.submit(open_it, second, other, one)
            both = [here.result(PATIENCE_SECONDS), there.result(PATIENCE_SECONDS)]
        assert both[0].conversation_id == both[1].conversation_id
        assert sorted(message.sequence for message in both) == [1, 2]


def test_two_processes_store_a_message_with_one_client_id_once(
    url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    first, second = open_harness(url), open_harness(url)
    groups = [first.group("alice") for _ in range(2)]
    for _ in range(8):
        start, client_id = threading.Barrier(2), str(uuid.uuid4())

        def say(
            harness: JournalHarness, group: str, start: threading.Barrier = start, client_id: str = client_id
        ) -> StoredMessage:
            start.wait(PATIENCE_SECONDS)
            return stored(harness.send_all(harness.draft("alice", group, "once", client_id=client_id))[0])

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(say, (first, second), groups))
        assert answers[0].message_id == answers[1].message_id
        assert sorted(answer.is_repeat for answer in answers) == [False, True]


def test_a_client_id_is_stored_once_within_a_batch(harness: JournalHarness) -> None:
    client_id = str(uuid.uuid4())
    outcomes = harness.send_together(
        harness.draft("alice", "nobody", "refused", client_id=client_id),
        harness.draft("alice", "bob", "first", client_id=client_id),
        harness.draft("alice", "bob", "second", client_id=client_id),
        harness.draft("alice", "carol", "third", client_id=client_id),
        harness.draft("bob", "alice", "his own", client_id=client_id),
    )
    assert isinstance(outcomes[0], NotFound)
    first, second, third, his = [stored(one) for one in outcomes[1:]]
    assert (first.is_repeat, second.is_repeat, third.is_repeat, his.is_repeat) == (False, True, True, False)
    assert first.message_id == second.message_id == third.message_id
    assert harness.stored(first.conversation_id) == [(1, "first"), (2, "his own")]


def test_a_client_id_is_stored_once_across_batches(harness: JournalHarness) -> None:
    client_id = str(uuid.uuid4())
    first, again = [
        stored(harness.send_all(harness.draft("alice", "bob", text, client_id=client_id))[0])
        for text in ("one", "other")
    ]
    assert (again.is_repeat, again.content, again.message_id) == (True, "one", first.message_id)
    assert again.created_at == first.created_at


def test_drafts_beyond_the_batch_size_are_answered_in_order(harness: JournalHarness) -> None:
    group = harness.group("alice")
    outcomes = harness.send_together(*[harness.draft("alice", group, str(number)) for number in range(1_201)])
    assert [stored(one).sequence for one in outcomes] == list(range(1, 1_202))


def test_a_failing_job_undoes_only_its_own_changes(harness: JournalHarness) -> None:
    def add(name: str) -> Callable[[Transaction], str]:
        def write(transaction: Transaction) -> str:
            alice = transaction.session.get(User, harness.ids[name])
            assert alice is not None
            alice.last_name = "Changed"
            transaction.session.flush()
            if name == "bob":
                raise Conflict("Not this one.")
            return name

        return write

    writes: list[Future[str]] = []

    def block(_transaction: Transaction) -> None:
        writes.extend(harness.journal.submit(add(name)) for name in ("alice", "bob", "carol") if len(writes) < 3)

    harness.journal.write(block)
    assert writes[0].result(PATIENCE_SECONDS) == "alice"
    with pytest.raises(Conflict):
        writes[1].result(PATIENCE_SECONDS)
    assert writes[2].result(PATIENCE_SECONDS) == "carol"
    names = harness.journal.write(
        lambda one: {user.username: user.last_name for user in one.session.query(User).order_by(User.id)}
    )
    assert names == {"alice": "Changed", "bob": "", "carol": "Changed", "mallory": ""}


def test_a_job_that_breaks_a_constraint_does_not_affect_messages_of_its_transaction(harness: JournalHarness) -> None:
    answers: list[Future[Any]] = []

    def block(_transaction: Transaction) -> None:
        if not answers:
            broken = User(id=harness.ids["alice"], username="alice", first_name="A", last_name="", created_at=None)
            answers.append(harness.journal.submit(lambda one: one.session.add(broken)))
            answers.extend(harness.send(harness.draft("alice", "bob", "beside it")))

    harness.journal.write(block)
    with pytest.raises(Exception, match=r"(?i)constraint|null"):
        answers[0].result(PATIENCE_SECONDS)
    assert stored(answers[1].result(PATIENCE_SECONDS)).sequence == 1


def test_listeners_are_called_after_the_commit_and_before_the_callers_are_answered(
    harness: JournalHarness, url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    other, order = open_harness(url), list[str]()

    def listener(messages: list[StoredMessage], _notices: list[Any]) -> None:
        for message in messages:
            order.append(f"listener {other.stored(message.conversation_id)[-1][1]}")

    harness.journal.listen(listener)
    for text in ("one", "two"):
        harness.journal.send(
            harness.draft("alice", "bob", text), lambda _outcome, text=text: order.append(f"caller {text}")
        )
        # A write is answered after all messages of its own and earlier transactions.
        harness.journal.write(lambda _one: None)
    assert order == ["listener one", "caller one", "listener two", "caller two"]


def test_an_exception_in_a_listener_or_callback_does_not_stop_the_writer(harness: JournalHarness) -> None:
    listened: list[str] = []

    def broken(*_args: Any) -> None:
        raise RuntimeError("a listener's fault")

    harness.journal.listen(broken)
    harness.journal.listen(lambda messages, _notices: listened.extend(message.content for message in messages))
    harness.journal.send(harness.draft("alice", "bob", "one"), broken)
    assert stored(harness.send_all(harness.draft("alice", "bob", "two"))[0]).sequence == 2
    assert listened == ["one", "two"]


def test_listeners_are_not_called_for_retries(harness: JournalHarness) -> None:
    listened: list[str] = []
    harness.journal.listen(lambda messages, _notices: listened.extend(message.content for message in messages))
    client_id = str(uuid.uuid4())
    for _ in range(3):
        harness.send_all(harness.draft("alice", "bob", "once", client_id=client_id))
    harness.send_all(harness.draft("alice", "nobody", "refused"))
    assert listened == ["once"]


def test_closing_the_journal_writes_what_is_queued(
    harness: JournalHarness, url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    answers = harness.send(*[harness.draft("alice", "bob", str(number)) for number in range(700)])
    harness.journal.close()
    assert [stored(answer.result(0)).sequence for answer in answers] == list(range(1, 701))
    assert len(open_harness(url).stored(stored(answers[0].result(0)).conversation_id)) == 700


def test_who_writes_after_the_end_is_refused_and_does_not_wait(harness: JournalHarness) -> None:
    harness.send_all(harness.draft("alice", "bob"))
    harness.journal.close()
    (answer,) = harness.send(harness.draft("alice", "bob", "too late"))
    assert isinstance(answer.result(1), Unavailable)
    with pytest.raises(Unavailable):
        harness.journal.submit(lambda _transaction: None).result(1)


def test_a_refusal_is_returned_and_not_raised(harness: JournalHarness) -> None:
    (outcome,) = harness.send_all(harness.draft("alice", "nobody"))
    assert isinstance(outcome, ChatError)
    assert outcome.details == {"receiver": "nobody"}
