"""The last presence sent for a user who connects and disconnects at once must be the actual one."""

import threading
from collections.abc import Callable

import pytest

from chatapp.actions import presence as recorded
from chatapp.realtime.connections import Connections
from chatapp.realtime.presence import Presence, PresenceUpdate
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness

NODE = "here"
A_WHILE_SECONDS = 0.3

Tell = Callable[[list[PresenceUpdate]], None]


def test_an_older_presence_change_is_not_sent_after_a_newer_one(harness: JournalHarness) -> None:
    presence = Presence(harness.journal, Connections(0), NODE)
    with harness.app.app_context():
        presence.start(is_only_node=True)
    sent: list[tuple[str, bool]] = []
    is_sending, may_go_on = threading.Event(), threading.Event()

    def tell(news: list[PresenceUpdate]) -> None:
        sent.extend((one.username, one.is_online) for one in news)

    def send_slowly(news: list[PresenceUpdate]) -> None:
        is_sending.set()
        may_go_on.wait(PATIENCE_SECONDS)
        tell(news)

    _connect(harness, "bob")
    _tell(harness, presence, tell)
    _disconnect(harness, "bob")
    older = threading.Thread(target=_tell, args=(harness, presence, send_slowly))
    older.start()
    is_sending.wait(PATIENCE_SECONDS)
    _connect(harness, "bob")
    newer = threading.Thread(target=_tell, args=(harness, presence, tell))
    newer.start()
    newer.join(A_WHILE_SECONDS)
    may_go_on.set()
    older.join()
    newer.join()
    assert sent == [("bob", True), ("bob", False), ("bob", True)]


@pytest.mark.parametrize("fails", ["reading the names", "sending"])
def test_a_presence_change_that_could_not_be_sent_is_sent_the_next_time(
    harness: JournalHarness, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    presence = Presence(harness.journal, Connections(0), NODE)
    sent: list[tuple[str, bool]] = []

    def tell(news: list[PresenceUpdate]) -> None:
        sent.extend((one.username, one.is_online) for one in news)

    def fail(*_args: object) -> None:
        raise ConnectionError("the database went away")

    with harness.app.app_context():
        presence.start(is_only_node=True)
        _connect(harness, "bob")
        with monkeypatch.context() as patch:
            if fails == "reading the names":
                patch.setattr("chatapp.realtime.presence.usernames_of", fail)
            with pytest.raises(ConnectionError):
                presence.publish(fail)
        assert not presence.is_online(harness.ids["bob"])
        presence.publish(tell)
        assert presence.is_online(harness.ids["bob"])
    assert sent == [("bob", True)]


def _connect(harness: JournalHarness, username: str) -> None:
    user_ids = {harness.ids[username]}
    harness.journal.write(lambda one: recorded.record(one, NODE, user_ids, set()), durable=False)


def _disconnect(harness: JournalHarness, username: str) -> None:
    user_ids = {harness.ids[username]}
    harness.journal.write(lambda one: recorded.record(one, NODE, set(), user_ids), durable=False)


def _tell(harness: JournalHarness, presence: Presence, tell: Tell) -> None:
    with harness.app.app_context():
        presence.publish(tell)
