"""What was told of watermarks stays true after a SIGKILL, although they are written some time later."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.journal.drafts import Watermark
from chatapp.journal.told_watermarks import RECORD, ToldWatermarks
from tests.faults.stored import read_stored
from tests.people import NAMESPACE, PATIENCE_SECONDS, Person
from tests.servers import Server

MESSAGES = 5


def test_a_tick_that_a_sender_has_seen_is_not_taken_back_by_a_kill(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    acks = [alice.say("bob", f"hello {number}") for number in range(MESSAGES)]
    server.kill()
    assert all(ack["response"]["deliveredToAll"] for ack in acks)
    for person in (alice, bob):
        person.disconnect()
    server.start()
    assert [message["deliveredToAll"] for message in alice.history("bob")] == [True] * MESSAGES


def test_a_tick_that_came_after_the_ack_is_not_taken_back_by_a_kill(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice = Person(server, "alice").connect()
    alice.say("bob", "hello")
    bob = Person(server, "bob").connect()
    alice.wait_for("updateDeliveryStatusOnConnection")
    server.kill()
    for person in (alice, bob):
        person.disconnect()
    server.start()
    assert alice.history("bob")[0]["deliveredToAll"] is True


def test_a_receipt_is_not_taken_back_by_a_kill(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    alice.say("bob", "hello")
    assert bob.call("markRead", {"receiver": "alice", "group": False, "sequence": 1})["success"]
    alice.wait_for("receipt", lambda one: (one["username"], one["readSequence"]) == ("bob", 1))
    server.kill()
    for person in (alice, bob):
        person.disconnect()
    server.start()
    (conversation,) = alice.get("/conversations").json()["conversations"]
    assert [one["readSequence"] for one in conversation["members"] if one["username"] == "bob"] == [1]


def test_an_orderly_stop_stores_watermarks_before_it_closes_connections(
    start: Callable[..., Server], sqlite_url: str
) -> None:
    server = start(sqlite_url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    is_closed = threading.Event()
    alice.socket.on("disconnect", lambda *_reason: is_closed.set(), namespace=NAMESPACE)
    assert alice.say("bob", "hello")["response"]["deliveredToAll"] is True
    server.process.send_signal(signal.SIGTERM)
    assert is_closed.wait(PATIENCE_SECONDS)
    assert read_stored(sqlite_url).members[1]["bob"] == (1, 0)
    for person in (alice, bob):
        person.disconnect()


@pytest.fixture
def told(tmp_path: Path) -> ToldWatermarks:
    return ToldWatermarks(tmp_path, "sqlite:///chat.db", 8087)


def test_what_is_stored_is_forgotten_and_what_was_noted_meanwhile_is_not(told: ToldWatermarks) -> None:
    for round_number in range(1, 4):
        told.note(1, [(7, round_number, 0)])
        told.mark()
        told.note(2, [(7, round_number, round_number)])
        told.forget()
        assert told.unstored()[2, 7] == Watermark(round_number, round_number)
    told.mark()
    told.forget()
    told.mark()
    told.forget()
    assert told.unstored() == {}


def test_what_could_not_be_stored_is_kept_until_it_is(told: ToldWatermarks) -> None:
    told.mark()
    told.forget()
    told.note(1, [(7, 1, 0), (8, 2, 2)])
    told.mark()  # and the commit fails
    told.note(1, [(7, 3, 1)])
    told.mark()
    assert told.unstored() == {(1, 7): Watermark(3, 1), (1, 8): Watermark(2, 2)}
    told.forget()
    told.mark()
    told.forget()
    assert told.unstored() == {}


def test_another_process_or_database_has_files_of_its_own(told: ToldWatermarks, tmp_path: Path) -> None:
    told.note(1, [(7, 1, 0)])
    for url, port in (("sqlite:///chat.db", 8088), ("sqlite:///other.db", 8087)):
        assert ToldWatermarks(tmp_path, url, port).unstored() == {}
    assert ToldWatermarks(tmp_path, "sqlite:///chat.db", 8087).unstored() == {(1, 7): Watermark(1, 0)}


def test_a_record_that_was_written_in_part_is_left_out(told: ToldWatermarks, tmp_path: Path) -> None:
    told.note(1, [(7, 1, 0)])
    (path,) = [path for path in tmp_path.iterdir() if path.stat().st_size]
    with path.open("ab") as file:
        file.write(b"\x01\x00\x00")
    assert told.unstored() == {(1, 7): Watermark(1, 0)}


def test_a_restored_older_database_is_not_raised_beyond_its_messages(start: Callable[..., Server], url: str) -> None:
    server = start(url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    alice.say("bob", "hello")
    for person in (alice, bob):
        person.disconnect()
    server.kill()
    for path in server.instance.glob("told-watermarks-*"):
        path.write_bytes(RECORD.pack(1, 1, 9, 9) + RECORD.pack(1, 2, 9, 9))
    server.start()
    (conversation,) = alice.get("/conversations").json()["conversations"]
    marks = [(one["deliveredSequence"], one["readSequence"]) for one in conversation["members"]]
    assert marks == [(1, 1), (1, 1)]
