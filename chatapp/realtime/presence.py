"""Presence: who is online, from this process's connections and from what the database records of the others."""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass

from chatapp.actions import presence
from chatapp.actions.people import online_user_ids
from chatapp.actions.usernames import usernames_of
from chatapp.clock import monotonic
from chatapp.errors import Unavailable
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.realtime.connections import Connections

HEARTBEAT_SECONDS = 5.0
"""Interval of this process's heartbeats. Other processes consider it dead after NODE_SILENCE."""


@dataclass(frozen=True, slots=True)
class PresenceUpdate:
    """A user came online or went offline."""

    user_id: int
    username: str
    is_online: bool


class Presence:
    """Writes presence changes in batches. A user who connects and disconnects between two writes causes no event."""

    def __init__(self, journal: Journal, connections: Connections, node: str) -> None:
        self._journal = journal
        self._connections = connections
        self._node = node
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._recorded: set[int] = set()
        self._is_recorded_certain = True
        self._online: set[int] = set()
        self._publish_lock = threading.Lock()
        self._write: Future[None] | None = None
        self._beat_at = monotonic()

    def start(self, *, is_only_node: bool) -> int:
        """Registers this process, deletes presence that an earlier run left, and reads who is online on the others.
        Returns how many people that run has left online.

        Needs an app context.
        """

        def write(transaction: Transaction) -> int:
            return presence.start_node(transaction, self._node, is_only_node=is_only_node)

        left_online = self._journal.write(write, durable=False)
        self._online = set(db.session.scalars(online_user_ids()))
        return left_online

    def publish(self, send: Callable[[list[PresenceUpdate]], None], user_ids: Collection[int] | None = None) -> None:
        """Passes to `send` which of these users (or of all) came online or went offline since the last call.

        The state is read from the database, because the notices of two processes about a user who moves from one to the
        other may arrive in either order. Calls are serialised, including `send`: otherwise the older update could be
        sent last. Needs an app context.
        """
        with self._publish_lock:
            online = set(db.session.scalars(online_user_ids()))
            changed = self._online ^ online
            if user_ids is not None:
                changed &= set(user_ids)
            names = usernames_of(changed)
            self._online ^= changed
            try:
                updates = [PresenceUpdate(user_id, names[user_id], user_id in online) for user_id in sorted(changed)]
                if updates:
                    send(updates)
            except BaseException:
                # The next call publishes these updates.
                self._online ^= changed
                raise

    def changed(self, user_id: int) -> "Future[None]":
        """Records that a user's first connection opened or the last one closed. The future completes when written."""
        with self._lock:
            self._changed.add(user_id)
            if self._write is None:
                self._write = self._submit()
            return self._write

    def opened(self, user_id: int) -> None:
        """Records that a user's first connection opened, and waits for it. If only the disk refuses, the user can still
        read; they are shown as online when the next heartbeat can be written. Raises Unavailable for anything else."""
        try:
            self.changed(user_id).result()
        except Unavailable as refusal:
            if "reason" not in refusal.details:
                raise

    def is_online(self, user_id: int) -> bool:
        return self._connections.has_user(user_id) or user_id in self._online

    @property
    def online_count(self) -> int:
        """How many users are online, on any process."""
        return len(self._online)

    def beat(self) -> None:
        """Writes a heartbeat if HEARTBEAT_SECONDS have passed since the last one. Called often."""
        if monotonic() - self._beat_at >= HEARTBEAT_SECONDS:
            self._beat_at = monotonic()
            self._journal.submit(lambda transaction: presence.keep_alive(transaction, self._node), durable=False)
            self._submit()

    def _submit(self) -> "Future[None]":
        future = self._journal.submit(self._record, durable=False)
        future.add_done_callback(self._note_result)
        return future

    def _record(self, transaction: Transaction) -> None:
        """Writes the difference between the connected users and the recorded ones.

        The recorded ones are read from the database if they are not known for certain: an earlier transaction failed or
        is not finished, or another process deleted this node as dead.
        """
        with self._lock:
            changed, self._changed, self._write = self._changed, set(), None
        is_certain, self._is_recorded_certain = self._is_recorded_certain, False
        if not presence.register(transaction, self._node) or not is_certain:
            self._recorded = presence.users_on(transaction, self._node)
            changed = self._recorded | set(self._connections.user_ids())
        online = {user_id for user_id in changed if self._connections.has_user(user_id)}
        opened, closed = online - self._recorded, (changed - online) & self._recorded
        if opened or closed:
            presence.record(transaction, self._node, opened, closed)
            self._recorded = (self._recorded | opened) - closed

    def _note_result(self, future: "Future[None]") -> None:
        self._is_recorded_certain = future.exception() is None
