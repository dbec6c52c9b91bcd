"""A client that received every event, and a client that was away and synced, reach the state of a fresh load.

Random users run random operations by events or over HTTP, in one process or two. OPERATIONS names the operations that
make each kind of change. A kind without an operation fails a test.
"""

import logging
from collections.abc import Callable
from typing import get_args, get_type_hints

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from chatapp import realtime
from chatapp.actions.audit import OPERATOR
from chatapp.actions.installation_settings import change_installation
from chatapp.actions.removal_steps import REMOVAL
from chatapp.shapes import ChangeShape
from tests.sync.driver import PEOPLE, indexes, picks
from tests.sync.group_operations import GroupOperations
from tests.sync.message_operations import MessageOperations
from tests.sync.own_operations import OwnOperations
from tests.sync.preview_operations import LINKS, PreviewOperations
from tests.sync.removal_operations import RemovalOperations

# The operations that make each kind of change. A new kind is added here, with its rule in one of the classes of Chat.
OPERATIONS = {
    "message": ("send_private_message", "send_group_message", "send_files", "send_link", "forward"),
    "update": (
        "edit",
        "delete_message",
        "react",
        "pin",
        "create_poll",
        "vote",
        "close_poll",
        "open_thread",
        "go_on_removing",
        "look_up_links",
        "remove_previews",
    ),
    "members": ("add", "join", "remove", "set_role", "follow", "go_on_removing"),
    "details": ("rename", "share_history", "describe", "choose_settings", "keep_for", "erase"),
    "conversation": ("make_group", "add", "join", "remove", "delete", "remove_person"),
    "preferences": ("mute", "mark_unread"),
    "draft": ("write_draft",),
    "saved": ("save",),
    "block": ("block",),
    "scheduled": ("schedule", "change_scheduled", "end_scheduled"),
    "settings": ("do_not_disturb", "share_reads"),
}
OTHER_EVENTS = {
    "profile": ("profile",),
    "usernameChanged": ("change_name", "remove_person"),
    "retention": ("keep_all_for",),
}
"""Events of states that are no changes of a conversation or of what is the user's own."""


class Chat(MessageOperations, PreviewOperations, GroupOperations, OwnOperations, RemovalOperations):
    """All operations, and what happens to the clients."""

    @initialize(shares_history=st.booleans(), erases=st.booleans())
    def create_users(self, shares_history: bool, erases: bool) -> None:
        self.erased = set()
        self.names = self._newcomers(PEOPLE)
        with self.apps[0].app_context():
            change_installation(
                self.apps[0].extensions["chatapp.journal"],
                self.apps[0].extensions["chatapp.settings"],
                OPERATOR,
                retention_days=1,
            )
        pairs = [self._connections(number) for number in range(PEOPLE)]
        self.listeners, self.sleepers = [one for one, _ in pairs], [one for _, one in pairs]
        self.groups: list[str] = []
        self.threads: list[str] = []
        self.make_group(0, set(range(1, PEOPLE)), 0, shares_history)
        for number in range(PEOPLE):
            self._send(number, self.groups[0], "hello", number, is_group=True)
            self._send(number, self.names[0], "hello", number, is_group=False)
        # What is drawn at random also depends on the code of the package, and may leave this out for a whole run.
        self.profile(0, 1, "🌴 away", None)
        self.keep_all_for(0, 2)
        self.send_files(0, 1, 0, 1, "", 2)
        self.save(0, 0, 0, True)
        self.write_draft(0, 0, 1, 0, "later")
        self.block(0, 1, 0, True)
        self.block(0, 1, 0, False)
        self.send_link(0, 0, 0, LINKS[1])
        self.look_up_links(0, 0, 0, True)
        self.change_name(1, 0, False)
        self.remove_person(3, 0, 0, erases)

    @rule(who=indexes)
    def go_offline_or_come_back(self, who: int) -> None:
        sleeper = self.sleepers[who]
        sleeper.drain()
        sleeper.is_away = not sleeper.is_away
        if not sleeper.is_away:
            sleeper.client.sync()

    @rule(pick=picks)
    def compare(self, pick: int) -> None:
        if pick % 4 == 0:
            self.all_agree()


def test_every_kind_of_change_has_an_operation_that_makes_it() -> None:
    kinds = set(get_args(get_type_hints(ChangeShape)["kind"]))
    assert kinds == set(OPERATIONS)
    assert all(hasattr(Chat, rule) for rules in {**OPERATIONS, **OTHER_EVENTS}.values() for rule in rules)


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_clients_that_received_events_and_clients_that_synced_agree(
    make_app: Callable[..., Flask],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    processes: int,
) -> None:
    # The steps of a removal are an operation of the test, so that nothing changes while clients are compared.
    monkeypatch.setattr(realtime, "KINDS", [kind for kind in realtime.KINDS if kind is not REMOVAL])
    first = make_app(sockets=True, delivery_ack_window=0, node="first")
    url = first.extensions["chatapp.settings"].database_url
    # With SQLite, one process serves the sockets and the other answers HTTP.
    both_have_sockets = url.startswith("postgresql")
    settings_of_second = {"database_url": url, "delivery_ack_window": 0, "node": "second"}
    others = [make_app(sockets=both_have_sockets, **settings_of_second)] if processes == 2 else []
    kinds: set[str] = set()

    class ChatOnTheseApps(Chat):
        pass

    ChatOnTheseApps.apps = [first, *(others if both_have_sockets else [])]
    ChatOnTheseApps.http_apps = [first, *others]
    ChatOnTheseApps.kinds = kinds
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        ChatOnTheseApps,
        settings=settings(
            # PostgreSQL is several times slower here, and the code in question is the same.
            max_examples=8 if url.startswith("postgresql") else 16,
            stateful_step_count=36,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert kinds == {*OPERATIONS, *OTHER_EVENTS}, "a client received every kind of change"
    # A sync would hide an event that could not be sent.
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
