"""A client that received every event, and a client that was away and synced, reach the state of a fresh load.

Random users run random operations by events or over HTTP, in one process or two. OPERATIONS names the operations that
make each kind of change. A kind without an operation fails a test.
"""

import itertools
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import get_args, get_type_hints

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from chatapp.actions.accounts import NewUser, add_users
from chatapp.clock import now
from chatapp.shapes import ChangeShape
from tests.sync.connection import Connection
from tests.sync.driver import PEOPLE, Driver

# The operations that make each kind of change. A new kind is added here, with its rule below.
OPERATIONS = {
    "message": ("send_private_message", "send_group_message", "forward"),
    "update": ("edit", "delete_message", "react", "pin", "create_poll", "vote", "close_poll", "open_thread"),
    "members": ("add", "join", "remove", "set_role", "follow"),
    "details": ("rename", "share_history", "describe", "choose_settings"),
    "conversation": ("make_group", "add", "join", "remove", "delete"),
    "preferences": ("mute", "mark_unread"),
    "draft": ("write_draft",),
    "saved": ("save",),
    "scheduled": ("schedule", "change_scheduled", "end_scheduled"),
    "settings": ("do_not_disturb", "share_reads"),
}

_names = itertools.count()
indexes = st.integers(0, PEOPLE - 1)
picks = st.integers(0, 1_000)
members = st.sampled_from(["everybody", "admins"])
group_texts = st.sampled_from(["hello, all", "😀 @group", "@"])
"""`@` alone mentions somebody."""


class Chat(Driver):
    """The operations."""

    @initialize(shares_history=st.booleans())
    def create_users(self, shares_history: bool) -> None:
        self.names = [f"person{next(_names)}" for _ in range(PEOPLE)]
        add_users(self.apps[0].extensions["chatapp.journal"], [NewUser(name, name.title()) for name in self.names])
        nodes = itertools.cycle(self.apps)
        self.listeners = [Connection(next(nodes), name) for name in self.names]
        next(nodes)
        self.sleepers = [Connection(next(nodes), name) for name in self.names]
        for sleeper in self.sleepers[1:]:
            sleeper.is_away = True
        self.groups: list[str] = []
        self.threads: list[str] = []
        self.make_group(0, set(range(1, PEOPLE)), 0, shares_history)
        for number in range(PEOPLE):
            self._send(number, self.groups[0], "hello", number, is_group=True)
            self._send(number, self.names[0], "hello", number, is_group=False)

    @rule(
        sender=indexes,
        receiver=indexes,
        channel=picks,
        text=st.text("abc ש你", min_size=1, max_size=5).filter(str.strip),
    )
    def send_private_message(self, sender: int, receiver: int, channel: int, text: str) -> None:
        self._send(sender, self.names[receiver], text, channel, is_group=False)

    @rule(sender=indexes, group=picks, channel=picks, who=indexes, text=group_texts)
    def send_group_message(self, sender: int, group: int, channel: int, who: int, text: str) -> None:
        text = f"hi @{self.names[who]}" if text == "@" else text
        self._send(sender, self._group(group), text, channel, is_group=True)

    @rule(by=indexes, pick=picks, to=indexes, group=picks, channel=picks)
    def forward(self, by: int, pick: int, to: int, group: int, channel: int) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        receiver = self._group(group) if group % 2 else self.names[to]
        body = {"receiver": receiver, "group": bool(group % 2)}
        path = f"/message/{message_id}/forward"
        self._do(actor, channel, "forwardMessage", {"messageId": message_id}, "POST", path, body)

    @rule(by=indexes, pick=picks, channel=picks, text=st.sampled_from(["better", "@group", "更好", "@"]))
    def edit(self, by: int, pick: int, channel: int, text: str) -> None:
        text = f"更好@{self.names[pick % PEOPLE]}" if text == "@" else text
        actor, message_id = self._message(by, pick, is_own=True)
        payload = {"messageId": message_id}
        self._do(actor, channel, "editMessage", payload, "PATCH", f"/message/{message_id}", {"content": text})

    @rule(by=indexes, pick=picks, channel=picks)
    def delete_message(self, by: int, pick: int, channel: int) -> None:
        if pick % 3 == 0:
            actor, message_id = self._message(by, pick, is_own=True)
            self._do(actor, channel, "deleteMessage", {"messageId": message_id}, "DELETE", f"/message/{message_id}", {})

    @rule(by=indexes, pick=picks, channel=picks, emoji=st.sampled_from(["👍", "❤️", "🎉"]), on=st.booleans())
    def react(self, by: int, pick: int, channel: int, emoji: str, on: bool) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        body = {"emoji": emoji, "on": on}
        path = f"/message/{message_id}/reactions"
        self._do(actor, channel, "react", {"messageId": message_id}, "POST", path, body)

    @rule(by=indexes, pick=picks, channel=picks, on=st.booleans())
    def pin(self, by: int, pick: int, channel: int, on: bool) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        self._do(
            actor, channel, "pinMessage", {"messageId": message_id}, "PUT", f"/message/{message_id}/pin", {"on": on}
        )

    @rule(by=indexes, pick=picks, channel=picks)
    def open_thread(self, by: int, pick: int, channel: int) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        opened = self._do(
            actor, channel, "openThread", {"messageId": message_id}, "POST", f"/message/{message_id}/thread", {}
        )
        if opened.get("thread") is not None:
            self.threads.append(opened["thread"]["receiver"])

    @rule(by=indexes, pick=picks, channel=picks, on=st.booleans())
    def follow(self, by: int, pick: int, channel: int, on: bool) -> None:
        if self.threads:
            number = self.threads[pick % len(self.threads)]
            path, body = f"/thread/{number}/following", {"on": on}
            self._do(by, channel, "followThread", {"threadId": number}, "PUT", path, body)

    @rule(by=indexes, pick=picks, channel=picks)
    def write_in_thread(self, by: int, pick: int, channel: int) -> None:
        if self.threads:
            self._send(by, self.threads[pick % len(self.threads)], "aside", channel, is_group=True)

    @rule(by=indexes, pick=picks, channel=picks, is_multiple=st.booleans(), is_anonymous=st.booleans())
    def create_poll(self, by: int, pick: int, channel: int, is_multiple: bool, is_anonymous: bool) -> None:
        is_group = pick % 3 != 0
        receiver = self._group(pick) if is_group else self.names[pick % PEOPLE]
        body = {"receiver": receiver, "group": is_group, "question": "When?", "options": ["Noon", "Night", "Never"]}
        kinds = {"isMultiple": is_multiple, "isAnonymous": is_anonymous}
        self._do(by, channel, "createPoll", {}, "POST", "/polls", {**body, **kinds})

    @rule(by=indexes, pick=picks, channel=picks, options=st.sets(st.integers(0, 2), max_size=2))
    def vote(self, by: int, pick: int, channel: int, options: set[int]) -> None:
        actor, message_id = self._message(by, pick, is_own=False, is_poll=True)
        body = {"options": sorted(options)}
        self._do(actor, channel, "vote", {"messageId": message_id}, "PUT", f"/message/{message_id}/vote", body)

    @rule(by=indexes, pick=picks, channel=picks)
    def close_poll(self, by: int, pick: int, channel: int) -> None:
        if pick % 4 == 0:
            actor, message_id = self._message(by, pick, is_own=True, is_poll=True)
            self._do(actor, channel, "closePoll", {"messageId": message_id}, "POST", f"/message/{message_id}/close", {})

    @rule(owner=indexes, others=st.sets(indexes), channel=picks, shares_history=st.booleans(), is_public=st.booleans())
    def make_group(
        self, owner: int, others: set[int], channel: int, shares_history: bool, is_public: bool = False
    ) -> None:
        users = [{"username": self.names[one]} for one in sorted(others)]
        body = {"groupName": "Lunch", "users": users, "sharesHistory": shares_history, "isPublic": is_public}
        made = self._do(owner, channel, "createGroup", {}, "POST", "/group", body)
        self.groups.append(made["newGroup"]["groupId"])

    @rule(by=indexes, group=picks, who=indexes, channel=picks)
    def add(self, by: int, group: int, who: int, channel: int) -> None:
        number = self._group(group)
        actor = self._actor(by, group, number)
        body = {"users": [{"username": self.names[who]}]}
        self._do(actor, channel, "addMembers", {"groupId": number}, "POST", f"/group/{number}/members", body)

    @rule(who=indexes, group=picks, channel=picks)
    def join(self, who: int, group: int, channel: int) -> None:
        number = self._group(group)
        self._do(who, channel, "joinGroup", {"groupId": number}, "POST", f"/groups/public/{number}/join", {})

    @rule(by=indexes, group=picks, who=indexes, channel=picks)
    def remove(self, by: int, group: int, who: int, channel: int) -> None:
        number, name = self._group(group), self.names[who]
        actor = self._actor(by, group, number)
        payload = {"groupId": number, "username": name}
        self._do(actor, channel, "removeMember", payload, "DELETE", f"/group/{number}/members/{name}", {})

    @rule(by=indexes, group=picks, who=indexes, channel=picks, role=st.sampled_from(["owner", "admin", "member"]))
    def set_role(self, by: int, group: int, who: int, channel: int, role: str) -> None:
        number, name = self._group(group), self.names[who]
        actor = self._actor(by, group, number)
        payload = {"groupId": number, "username": name}
        self._do(actor, channel, "setRole", payload, "PUT", f"/group/{number}/members/{name}", {"role": role})

    @rule(by=indexes, group=picks, channel=picks, name=st.sampled_from(["Dinner", "Tea", "晚饭"]))
    def rename(self, by: int, group: int, channel: int, name: str) -> None:
        self._change_details(by, group, channel, {"groupName": name})

    @rule(by=indexes, group=picks, channel=picks, shares_history=st.booleans())
    def share_history(self, by: int, group: int, channel: int, shares_history: bool) -> None:
        self._change_details(by, group, channel, {"sharesHistory": shares_history})

    @rule(by=indexes, group=picks, channel=picks, text=st.sampled_from(["", "Tea at four", "שלום"]))
    def describe(self, by: int, group: int, channel: int, text: str) -> None:
        self._change_details(by, group, channel, {"topic": text, "description": f"{text}\n{text}"})

    @rule(by=indexes, group=picks, channel=picks, is_public=st.booleans(), writers=members, pinners=members)
    def choose_settings(self, by: int, group: int, channel: int, is_public: bool, writers: str, pinners: str) -> None:
        body = {"isPublic": is_public, "writers": writers, "pinners": pinners}
        self._change_details(by, group, channel, body)

    @rule(by=indexes, group=picks, channel=picks)
    def delete(self, by: int, group: int, channel: int) -> None:
        if group % 4 == 0:
            number = self._group(group)
            actor = self._actor(by, group, number)
            self._do(actor, channel, "deleteGroup", {"groupId": number}, "DELETE", f"/group/{number}", {})

    @rule(who=indexes, other=picks, sequence=st.integers(0, 5))
    def read(self, who: int, other: int, sequence: int) -> None:
        keys = sorted(self.listeners[who].client.conversations)
        if keys:
            receiver, is_group = keys[other % len(keys)]
            payload = {"receiver": receiver, "group": is_group, "sequence": sequence}
            self.listeners[who].emit("markRead", payload)

    @rule(who=indexes, other=indexes, group=picks, channel=picks, level=st.sampled_from(["all", "mentions", "none"]))
    def mute(self, who: int, other: int, group: int, channel: int, level: str) -> None:
        self._prefer(who, other, group, channel, {"level": level})

    @rule(who=indexes, other=indexes, group=picks, channel=picks, sequence=st.sampled_from([None, 1, 2]))
    def mark_unread(self, who: int, other: int, group: int, channel: int, sequence: int | None) -> None:
        self._prefer(who, other, group, channel, {"unreadFrom": sequence})

    @rule(who=indexes, other=indexes, group=picks, channel=picks, text=st.sampled_from(["", "half a", "sentence"]))
    def write_draft(self, who: int, other: int, group: int, channel: int, text: str) -> None:
        receiver = self._group(group) if group % 3 else self.names[other]
        body = {"receiver": receiver, "group": bool(group % 3), "content": text}
        self._do(who, channel, "saveDraft", {}, "PUT", "/draft", body)

    @rule(who=indexes, pick=picks, channel=picks, on=st.booleans())
    def save(self, who: int, pick: int, channel: int, on: bool) -> None:
        actor, message_id = self._message(who, pick, is_own=False)
        path = f"/message/{message_id}/saved"
        self._do(actor, channel, "saveMessage", {"messageId": message_id}, "PUT", path, {"on": on})

    @rule(who=indexes, other=indexes, group=picks, channel=picks, days=st.integers(1, 9))
    def schedule(self, who: int, other: int, group: int, channel: int, days: int) -> None:
        receiver = self._group(group) if group % 3 else self.names[other]
        due_at = (now() + timedelta(days=days)).isoformat()
        body = {"receiver": receiver, "group": bool(group % 3), "content": "later", "dueAt": due_at}
        self._do(who, channel, "scheduleMessage", {}, "POST", "/scheduled", {**body, "clientId": str(uuid.uuid4())})

    @rule(who=indexes, pick=picks, channel=picks, text=st.sampled_from(["sooner", "更晚"]))
    def change_scheduled(self, who: int, pick: int, channel: int, text: str) -> None:
        client_id = self._scheduled(who, pick)
        payload = {"clientId": client_id}
        self._do(who, channel, "changeScheduled", payload, "PATCH", f"/scheduled/{client_id}", {"content": text})

    @rule(who=indexes, pick=picks, channel=picks, is_sent=st.booleans())
    def end_scheduled(self, who: int, pick: int, channel: int, is_sent: bool) -> None:
        client_id = self._scheduled(who, pick)
        payload = {"clientId": client_id}
        path = f"/scheduled/{client_id}"
        if is_sent:
            self._do(who, channel, "sendScheduled", payload, "POST", f"{path}/send", {})
        else:
            self._do(who, channel, "deleteScheduled", payload, "DELETE", path, {})

    @rule(who=indexes, channel=picks, day=st.integers(1, 7), is_on=st.booleans())
    def do_not_disturb(self, who: int, channel: int, day: int, is_on: bool) -> None:
        hours = {"from": "22:00", "to": "07:30", "days": [day], "timeZone": "Europe/Berlin"}
        self._do(who, channel, "changeSettings", {}, "PATCH", "/settings", {"doNotDisturb": hours if is_on else None})

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

    @rule(who=indexes, channel=picks, is_shared=st.booleans())
    def share_reads(self, who: int, channel: int, is_shared: bool) -> None:
        self._do(who, channel, "changeSettings", {}, "PATCH", "/settings", {"sharesReads": is_shared})


def test_every_kind_of_change_has_an_operation_that_makes_it() -> None:
    kinds = set(get_args(get_type_hints(ChangeShape)["kind"]))
    assert kinds == set(OPERATIONS)
    assert all(hasattr(Chat, rule) for rules in OPERATIONS.values() for rule in rules)


@pytest.mark.parametrize("processes", [1, 2])
def test_clients_that_received_events_and_clients_that_synced_agree(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture, processes: int
) -> None:
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
            max_examples=14,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert kinds == set(OPERATIONS), "a client received every kind of change"
    # A sync would hide an event that could not be sent.
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
