"""What is told last of a user who comes and goes at once must be what is true."""

import threading
from collections.abc import Callable

import pytest

from chatapp.actions import presence as recorded
from chatapp.realtime.connections import Connections
from chatapp.realtime.presence import Presence, PresenceUpdate
from tests.actions.conftest import PATIENCE_SECONDS, Desk

NODE = "here"
A_WHILE_SECONDS = 0.3

Tell = Callable[[list[PresenceUpdate]], None]


def test_older_news_are_not_told_after_newer_ones(desk: Desk) -> None:
    presence = Presence(desk.journal, Connections(), NODE)
    with desk.app.app_context():
        presence.start(is_only_node=True)
    told: list[tuple[str, bool]] = []
    is_telling, may_go_on = threading.Event(), threading.Event()

    def tell(news: list[PresenceUpdate]) -> None:
        told.extend((one.username, one.is_online) for one in news)

    def tell_slowly(news: list[PresenceUpdate]) -> None:
        is_telling.set()
        may_go_on.wait(PATIENCE_SECONDS)
        tell(news)

    _comes(desk, "bob")
    _tell(desk, presence, tell)
    _goes(desk, "bob")
    older = threading.Thread(target=_tell, args=(desk, presence, tell_slowly))
    older.start()
    is_telling.wait(PATIENCE_SECONDS)
    _comes(desk, "bob")
    newer = threading.Thread(target=_tell, args=(desk, presence, tell))
    newer.start()
    newer.join(A_WHILE_SECONDS)
    may_go_on.set()
    older.join()
    newer.join()
    assert told == [("bob", True), ("bob", False), ("bob", True)]


@pytest.mark.parametrize("fails", ["reading the names", "telling"])
def test_news_that_could_not_be_told_are_told_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    presence = Presence(desk.journal, Connections(), NODE)
    told: list[tuple[str, bool]] = []

    def tell(news: list[PresenceUpdate]) -> None:
        told.extend((one.username, one.is_online) for one in news)

    def fail(*_args: object) -> None:
        raise ConnectionError("the database went away")

    with desk.app.app_context():
        presence.start(is_only_node=True)
        _comes(desk, "bob")
        with monkeypatch.context() as patch:
            if fails == "reading the names":
                patch.setattr(recorded, "names_of", fail)
            with pytest.raises(ConnectionError):
                presence.publish(fail)
        assert not presence.is_online(desk.ids["bob"])
        presence.publish(tell)
        assert presence.is_online(desk.ids["bob"])
    assert told == [("bob", True)]


def _comes(desk: Desk, username: str) -> None:
    user_ids = {desk.ids[username]}
    desk.journal.write(lambda one: recorded.record(one, NODE, user_ids, set()), durable=False)


def _goes(desk: Desk, username: str) -> None:
    user_ids = {desk.ids[username]}
    desk.journal.write(lambda one: recorded.record(one, NODE, set(), user_ids), durable=False)


def _tell(desk: Desk, presence: Presence, tell: Tell) -> None:
    with desk.app.app_context():
        presence.publish(tell)
