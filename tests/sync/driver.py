"""What the random operations of the property test share: users, requests, and comparing what their clients know."""

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from chatapp.actions.accounts import NewUser, add_users
from tests.sync.client import Client
from tests.sync.connection import NAMESPACE, Connection
from tests.uploads import SignedIn, upload

PEOPLE = 4
PATIENCE_SECONDS = 10

indexes = st.integers(0, PEOPLE - 1)
picks = st.integers(0, 1_000)
_numbers = itertools.count()


class Driver(RuleBasedStateMachine):
    """`apps` are the processes that serve sockets, `http_apps` those that answer HTTP."""

    apps: list[Flask]
    http_apps: list[Flask]
    kinds: set[str]

    names: list[str]
    listeners: list[Connection]
    sleepers: list[Connection]
    groups: list[str]
    threads: list[str]

    def all_agree(self) -> None:
        for number, name in enumerate(self.names):
            fresh, listener = self._fresh(number), self.listeners[number]
            self._wait_for_events(listener, fresh)
            # Watermarks are sent once a second. Everything else must have arrived as events, without a sync.
            received, loaded = _without_watermarks(listener.client, fresh), _without_watermarks(fresh, fresh)
            assert received == loaded, _differences(name, received, loaded)
            self.kinds |= listener.client.kinds
            self.sleepers[number].drain()
            self._sync_until_equal(number, [listener.client, self.sleepers[number].client], fresh)

    def teardown(self) -> None:
        if hasattr(self, "listeners"):
            self.all_agree()
            for one in [*self.listeners, *self.sleepers]:
                one.socket.disconnect(namespace=NAMESPACE)

    def _newcomers(self, count: int) -> list[str]:
        """Adds users, and returns their names."""
        names = [f"person{next(_numbers)}" for _ in range(count)]
        add_users(self.apps[0].extensions["chatapp.journal"], [NewUser(name, name.title()) for name in names])
        return names

    def _connections(self, number: int) -> tuple[Connection, Connection]:
        """A tab of a user that hears of everything, and one in another process that is away, but for the first user."""
        nodes = (self.apps[one % len(self.apps)] for one in (number, number + 1))
        listener, sleeper = (Connection(node, self.names[number]) for node in nodes)
        # A client syncs when it has connected. From here on it hears of changes of its own name.
        listener.client.sync()
        sleeper.client.sync()
        sleeper.is_away = number > 0
        return listener, sleeper

    def _send(
        self, sender: int, receiver: str, text: str, channel: int, *, is_group: bool, files: Sequence[str] = ()
    ) -> None:
        event = "groupMessage" if is_group else "privateMessage"
        body: dict[str, Any] = {"receiver": receiver, "content": text}
        if files:
            body["files"] = [{"uploadId": file, "alt": "what it shows"} for file in files]
        known = self.listeners[sender].client.conversations.get((receiver, is_group))
        if channel % 3 == 0 and known is not None and known.last_sequence:
            body["replyTo"] = 1 + channel % known.last_sequence
        path = {**body, "group": is_group}
        if channel % 2:
            self.listeners[sender].emit(event, {"sender": self.names[sender], **body})
        else:
            self._http(sender, channel, "POST", "/messages", path)

    def _prefer(self, who: int, other: int, group: int, channel: int, body: dict[str, Any]) -> None:
        """For a group, or for a person, with or without messages between the two."""
        receiver = self._group(group) if group % 3 else self.names[other]
        body = {"receiver": receiver, "group": bool(group % 3), **body}
        self._do(who, channel, "setPreferences", {}, "PATCH", "/preferences", body)

    def _change_details(self, by: int, group: int, channel: int, body: dict[str, Any]) -> None:
        number = self._group(group)
        actor = self._actor(by, group, number)
        self._do(actor, channel, "changeGroup", {"groupId": number}, "PATCH", f"/group/{number}", body)

    def _do(self, by: int, channel: int, event: str, more: dict[str, Any], method: str, path: str, body: Any) -> Any:
        if channel % 2:
            answer: Any = self.listeners[by].emit(event, {**more, **body})
        else:
            answer = self._http(by, channel, method, path, body)
        # A refusal is a valid outcome; a server error is not.
        assert answer.get("error", {}).get("code") not in ("internal_error", "unavailable"), answer
        return answer

    def _http(self, by: int, channel: int, method: str, path: str, body: Any) -> Any:
        app = self.http_apps[channel % len(self.http_apps)]
        answer = app.test_client().open(path, method=method, json=body, headers=self.listeners[by].headers)
        return answer.get_json()

    def _upload(self, by: int, channel: int, data: bytes) -> str:
        """Returns the id of an upload."""
        app, headers = self.http_apps[channel % len(self.http_apps)], self.listeners[by].headers
        return upload(SignedIn(app.test_client(), headers), data)

    def _message(self, by: int, pick: int, *, is_own: bool, is_poll: bool = False) -> tuple[int, str]:
        """Returns a user and the id of a message: one of their own if they know one, else one that nobody sent."""
        for number in [by, *range(PEOPLE)]:
            listener = self.listeners[number]
            listener.drain()
            known = [
                (key, sequence)
                for key, one in sorted(listener.client.conversations.items())
                for sequence, message in sorted(one.messages.items())
                if (not is_own or message["sender"] == self.names[number]) and (message["poll"] or not is_poll)
            ]
            if known:
                key, sequence = known[pick % len(known)]
                page = listener._page(*key)
                return number, next((one["messageId"] for one in page if one["sequence"] == sequence), "1-999")
        return by, "1-999"

    def _scheduled(self, who: int, pick: int) -> str:
        """Returns the client id of one of the user's scheduled messages; of none if there is none."""
        listener = self.listeners[who]
        listener.drain()
        waiting = list(listener.client.own.waiting)
        return waiting[pick % len(waiting)] if waiting else "00000000-0000-4000-8000-000000000000"

    def _group(self, pick: int) -> str:
        return self.groups[pick % len(self.groups)]

    def _actor(self, by: int, pick: int, group_id: str) -> int:
        """Returns an owner of the group in three of four cases, so that most operations are permitted."""
        for number, listener in enumerate(self.listeners):
            listener.drain()
            known = listener.client.conversations.get((group_id, True))
            if pick % 4 and known is not None and known.role == "owner":
                return number
        return by

    def _fresh(self, number: int) -> Client:
        connection = self.listeners[number]
        fresh = Client(self.names[number], connection.client._ask, connection._page, connection._people)
        fresh.sync()
        return fresh

    def _sync_until_equal(self, number: int, clients: list[Client], fresh: Client) -> None:
        """Retries with a new fresh load, because another process writes its watermarks in bursts."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            for one in clients:
                one.sync()
            if all(one.state() == fresh.state() for one in clients):
                return
            fresh = self._fresh(number)
            if time.monotonic() > deadline:
                for one in clients:
                    assert one.state() == fresh.state(), _differences(one.username, one.state(), fresh.state())

    def _wait_for_events(self, listener: Connection, fresh: Client) -> None:
        """Waits for the changes of another process, which arrive over the bus."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        listener.drain()
        while _revisions(listener.client) != _revisions(fresh) and time.monotonic() < deadline:
            time.sleep(0.01)
            listener.drain()


def _differences(name: str, one: dict[str, Any], other: dict[str, Any]) -> str:
    return "\n".join([name, *_paths_that_differ(one, other)])


def _paths_that_differ(one: Any, other: Any, path: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}, key=str):
            yield from _paths_that_differ(one.get(key), other.get(key), f"{path}/{key}")
    elif one != other:
        yield f"{path}: {one} is not {other}"


def _without_watermarks(client: Client, reads: Client) -> dict[str, Any]:
    """The state without watermarks. Its unread mentions are those by the watermarks of `reads`."""
    return {
        key: {name: value for name, value in one.items() if name not in ("watermarks", "read", "revision")}
        for key, one in client.state(reads).items()
    }


def _revisions(client: Client) -> tuple[Any, ...]:
    conversations = {key: one.revision for key, one in client.conversations.items()}
    profiles = {name: one["profileRevision"] for name, one in client.profiles.items()}
    return client.user_revision, conversations, profiles
