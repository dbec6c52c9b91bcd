"""The journal: many writes, one transaction, and each answered by itself."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from chatapp.errors import ChatError, Conflict, InternalError, NotAMember, NotFound
from chatapp.journal import StoredMessage, Transaction
from chatapp.journal.drafts import Outcome
from chatapp.models import User
from tests.actions.conftest import PATIENCE_SECONDS, Desk


def stored(outcome: Outcome) -> StoredMessage:
    assert isinstance(outcome, StoredMessage), outcome
    return outcome


def test_a_batchs_refusals_are_their_drafts_own(desk: Desk) -> None:
    group = desk.group("alice", "bob")
    outcomes = desk.send_together(
        desk.draft("alice", group, "one"),
        desk.draft("mallory", group, "not theirs"),
        desk.draft("alice", "nobody", "to nobody"),
        desk.draft("bob", group, "two"),
        desk.draft("alice", "999999", "nowhere"),
        desk.draft("alice", "bob", "hello"),
    )
    kinds = [type(one) for one in outcomes]
    assert kinds == [StoredMessage, NotAMember, NotFound, StoredMessage, NotFound, StoredMessage]
    assert desk.stored(int(group)) == [(1, "one"), (2, "two")]


def test_a_draft_that_the_database_cannot_hold_fails_alone(desk: Desk) -> None:
    """Such a draft never comes through the doors, and it must not take its neighbours with it if one ever does."""
    group = desk.group("alice")
    impossible = desk.draft("alice", group, "half a character: \ud800")
    outcomes = desk.send_together(
        desk.draft("alice", group, "one"), impossible, desk.draft("alice", group, "two"), impossible
    )
    assert [type(one) for one in outcomes] == [StoredMessage, InternalError, StoredMessage, InternalError]
    assert desk.stored(int(group)) == [(1, "one"), (2, "two")]
    assert stored(desk.send_all(desk.draft("alice", group, "three"))[0]).sequence == 3


def test_a_job_and_a_watermark_survive_a_draft_that_spoils_their_transaction(desk: Desk) -> None:
    group = desk.group("alice", "bob")
    desk.send_all(desk.draft("alice", group))
    results: list[Future[Any]] = []

    def hold_up(_transaction: Transaction) -> None:
        if not results:
            results.append(desk.journal.submit(lambda one: one.session.get(User, desk.ids["alice"]).username))
            desk.note(int(group), desk.ids["bob"], delivered=1)
            results.append(desk.send(desk.draft("alice", group, "\ud800"))[0])

    desk.journal.write(hold_up)
    assert results[0].result(PATIENCE_SECONDS) == "alice"
    assert isinstance(results[1].result(PATIENCE_SECONDS), InternalError)
    desk.journal.flush_watermarks()
    assert desk.marks(int(group), "bob") == (1, 0)


def test_sequences_are_dense_and_in_each_senders_order_under_many_threads(desk: Desk) -> None:
    group = desk.group("alice", "bob", "carol")

    def talk(sender: str) -> list[StoredMessage]:
        return [stored(one) for one in desk.send_all(*[desk.draft(sender, group, f"{sender} {n}") for n in range(60)])]

    with ThreadPoolExecutor(3) as pool:
        said = list(pool.map(talk, ("alice", "bob", "carol")))
    for one in said:
        assert [message.sequence for message in one] == sorted(message.sequence for message in one)
    everything = desk.stored(int(group))
    assert [sequence for sequence, _ in everything] == list(range(1, 181))
    for sender in ("alice", "bob", "carol"):
        assert [text for _, text in everything if text.startswith(sender)] == [f"{sender} {n}" for n in range(60)]


def test_two_processes_share_one_sequence(url: str, open_desk: Callable[[str], Desk]) -> None:
    first, second = open_desk(url), open_desk(url)
    group = first.group("alice", "bob")
    work = [(first, "alice"), (second, "bob")]

    def talk(one: tuple[Desk, str]) -> None:
        desk, sender = one
        for number in range(40):
            stored(desk.send_all(desk.draft(sender, group, f"{sender} {number}"))[0])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(talk, work))
    assert [sequence for sequence, _ in first.stored(int(group))] == list(range(1, 81))


def test_two_processes_that_open_one_conversation_at_once_both_succeed(
    url: str, open_desk: Callable[[str], Desk]
) -> None:
    first, second = open_desk(url), open_desk(url)
    pairs = [("alice", "bob"), ("alice", "carol"), ("bob", "carol"), ("alice", "mallory"), ("bob", "mallory")]
    for one, other in pairs:
        start = threading.Barrier(2)

        def open_it(desk: Desk, sender: str, receiver: str, start: threading.Barrier = start) -> StoredMessage:
            start.wait(PATIENCE_SECONDS)
            return stored(desk.send_all(desk.draft(sender, receiver))[0])

        with ThreadPoolExecutor(2) as pool:
            here, there = pool.submit(open_it, first, one, other), pool.submit(open_it, second, other, one)
            both = [here.result(PATIENCE_SECONDS), there.result(PATIENCE_SECONDS)]
        assert both[0].conversation_id == both[1].conversation_id
        assert sorted(message.sequence for message in both) == [1, 2]


def test_two_processes_with_one_client_id_store_it_once(url: str, open_desk: Callable[[str], Desk]) -> None:
    first, second = open_desk(url), open_desk(url)
    groups = [first.group("alice") for _ in range(2)]
    for _ in range(8):
        start, client_id = threading.Barrier(2), str(uuid.uuid4())

        def say(desk: Desk, group: str, start: threading.Barrier = start, client_id: str = client_id) -> StoredMessage:
            start.wait(PATIENCE_SECONDS)
            return stored(desk.send_all(desk.draft("alice", group, "once", client_id=client_id))[0])

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(say, (first, second), groups))
        assert answers[0].message_id == answers[1].message_id
        assert sorted(answer.is_repeat for answer in answers) == [False, True]


def test_a_client_id_counts_once_inside_one_batch(desk: Desk) -> None:
    client_id = str(uuid.uuid4())
    outcomes = desk.send_together(
        desk.draft("alice", "nobody", "refused", client_id=client_id),
        desk.draft("alice", "bob", "first", client_id=client_id),
        desk.draft("alice", "bob", "second", client_id=client_id),
        desk.draft("alice", "carol", "third", client_id=client_id),
        desk.draft("bob", "alice", "his own", client_id=client_id),
    )
    assert isinstance(outcomes[0], NotFound)
    first, second, third, his = [stored(one) for one in outcomes[1:]]
    assert (first.is_repeat, second.is_repeat, third.is_repeat, his.is_repeat) == (False, True, True, False)
    assert first.message_id == second.message_id == third.message_id
    assert desk.stored(first.conversation_id) == [(1, "first"), (2, "his own")]


def test_a_client_id_counts_once_across_batches(desk: Desk) -> None:
    client_id = str(uuid.uuid4())
    first, again = [
        stored(desk.send_all(desk.draft("alice", "bob", text, client_id=client_id))[0]) for text in ("one", "other")
    ]
    assert (again.is_repeat, again.content, again.message_id) == (True, "one", first.message_id)
    assert again.created_at == first.created_at


def test_more_than_a_batch_holds_is_answered_in_order(desk: Desk) -> None:
    group = desk.group("alice")
    outcomes = desk.send_together(*[desk.draft("alice", group, str(number)) for number in range(1_201)])
    assert [stored(one).sequence for one in outcomes] == list(range(1, 1_202))


def test_a_failing_job_undoes_itself_and_nothing_else(desk: Desk) -> None:
    def add(name: str) -> Callable[[Transaction], str]:
        def job(transaction: Transaction) -> str:
            alice = transaction.session.get(User, desk.ids[name])
            assert alice is not None
            alice.last_name = "Changed"
            transaction.session.flush()
            if name == "bob":
                raise Conflict("Not this one.")
            return name

        return job

    jobs: list[Future[str]] = []

    def hold_up(_transaction: Transaction) -> None:
        jobs.extend(desk.journal.submit(add(name)) for name in ("alice", "bob", "carol") if len(jobs) < 3)

    desk.journal.write(hold_up)
    assert jobs[0].result(PATIENCE_SECONDS) == "alice"
    with pytest.raises(Conflict):
        jobs[1].result(PATIENCE_SECONDS)
    assert jobs[2].result(PATIENCE_SECONDS) == "carol"
    names = desk.journal.write(
        lambda one: {user.username: user.last_name for user in one.session.query(User).order_by(User.id)}
    )
    assert names == {"alice": "Changed", "bob": "", "carol": "Changed", "mallory": ""}


def test_a_job_that_breaks_a_constraint_leaves_the_messages_beside_it_alone(desk: Desk) -> None:
    answers: list[Future[Any]] = []

    def hold_up(_transaction: Transaction) -> None:
        if not answers:
            broken = User(id=desk.ids["alice"], username="alice", first_name="A", last_name="", created_at=None)
            answers.append(desk.journal.submit(lambda one: one.session.add(broken)))
            answers.extend(desk.send(desk.draft("alice", "bob", "beside it")))

    desk.journal.write(hold_up)
    with pytest.raises(Exception, match=r"(?i)constraint|null"):
        answers[0].result(PATIENCE_SECONDS)
    assert stored(answers[1].result(PATIENCE_SECONDS)).sequence == 1


def test_nothing_is_told_before_it_is_committed_and_listeners_come_before_callers(
    desk: Desk, url: str, open_desk: Callable[[str], Desk]
) -> None:
    other, order = open_desk(url), list[str]()

    def listener(messages: list[StoredMessage], _notices: list[Any]) -> None:
        for message in messages:
            order.append(f"listener {other.stored(message.conversation_id)[-1][1]}")

    desk.journal.listen(listener)
    for text in ("one", "two"):
        desk.journal.send(desk.draft("alice", "bob", text), lambda _outcome, text=text: order.append(f"caller {text}"))
        # A job is answered after the messages of its transaction and of those before it.
        desk.journal.write(lambda _one: None)
    assert order == ["listener one", "caller one", "listener two", "caller two"]


def test_a_listeners_fault_and_a_callers_fault_do_not_stop_the_writer(desk: Desk) -> None:
    heard: list[str] = []

    def broken(*_args: Any) -> None:
        raise RuntimeError("a listener's fault")

    desk.journal.listen(broken)
    desk.journal.listen(lambda messages, _notices: heard.extend(message.content for message in messages))
    desk.journal.send(desk.draft("alice", "bob", "one"), broken)
    assert stored(desk.send_all(desk.draft("alice", "bob", "two"))[0]).sequence == 2
    assert heard == ["one", "two"]


def test_repeats_are_not_told_to_listeners(desk: Desk) -> None:
    heard: list[str] = []
    desk.journal.listen(lambda messages, _notices: heard.extend(message.content for message in messages))
    client_id = str(uuid.uuid4())
    for _ in range(3):
        desk.send_all(desk.draft("alice", "bob", "once", client_id=client_id))
    desk.send_all(desk.draft("alice", "nobody", "refused"))
    assert heard == ["once"]


def test_what_is_queued_when_it_closes_is_written(desk: Desk, url: str, open_desk: Callable[[str], Desk]) -> None:
    answers = desk.send(*[desk.draft("alice", "bob", str(number)) for number in range(700)])
    desk.journal.close()
    assert [stored(answer.result(0)).sequence for answer in answers] == list(range(1, 701))
    assert len(open_desk(url).stored(stored(answers[0].result(0)).conversation_id)) == 700


def test_a_refusal_is_an_answer_and_no_exception(desk: Desk) -> None:
    (outcome,) = desk.send_all(desk.draft("alice", "nobody"))
    assert isinstance(outcome, ChatError)
    assert outcome.details == {"receiver": "nobody"}
