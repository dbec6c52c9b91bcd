"""Who is online: by this process's own connections, and by what the database says of the other processes."""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass

from chatapp.actions import presence
from chatapp.actions.people import online_user_ids
from chatapp.clock import monotonic
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.realtime.connections import Connections

HEARTBEAT_SECONDS = 5.0
"""How often this process says that it lives; others believe it dead after NODE_SILENCE."""


@dataclass(frozen=True, slots=True)
class News:
    """A user came online or went offline."""

    user_id: int
    username: str
    is_online: bool


class Presence:
    """Writes changes in bursts: a user who comes and goes between two writes is never mentioned."""

    def __init__(self, journal: Journal, connections: Connections, node: str) -> None:
        self._journal = journal
        self._connections = connections
        self._node = node
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._recorded: set[int] = set()
        self._is_sure = True
        self._online: set[int] = set()
        self._telling = threading.Lock()
        self._write: Future[None] | None = None
        self._beat_at = monotonic()

    def start(self, *, is_only_node: bool) -> None:
        """Clears what an earlier run left behind, and learns who is online on other processes. Needs an app context."""
        self._journal.write(lambda one: presence.start_node(one, self._node, is_only_node=is_only_node), durable=False)
        self._online = set(db.session.scalars(online_user_ids()))

    def tell_news(self, tell: Callable[[list[News]], None], user_ids: Collection[int] | None = None) -> None:
        """Tells who of these (or of all) came online or went offline since this was last called, if anybody did.

        By what the database says now: the notices of two processes about one user, who moves from one to the other, may
        be heard in either order. One call at a time, its telling included, or the older news could be told last and
        stay. Needs an app context.
        """
        with self._telling:
            online = set(db.session.scalars(online_user_ids()))
            changed = self._online ^ online
            if user_ids is not None:
                changed &= set(user_ids)
            names = presence.names_of(changed)
            self._online ^= changed
            try:
                if news := [News(user_id, username, user_id in online) for user_id, username in names.items()]:
                    tell(news)
            except BaseException:
                # Still to be told, by whoever asks next.
                self._online ^= changed
                raise

    def changed(self, user_id: int) -> "Future[None]":
        """A first connection opened or a last one closed. The future is done when the database shows it."""
        with self._lock:
            self._changed.add(user_id)
            if self._write is None:
                self._write = self._submit()
            return self._write

    def is_online(self, user_id: int) -> bool:
        return self._connections.has_user(user_id) or user_id in self._online

    def beat(self) -> None:
        """Called often; says at most every HEARTBEAT_SECONDS that this process lives."""
        if monotonic() - self._beat_at >= HEARTBEAT_SECONDS:
            self._beat_at = monotonic()
            self._journal.submit(lambda one: presence.keep_alive(one, self._node), durable=False)
            self._submit()

    def _submit(self) -> "Future[None]":
        future = self._journal.submit(self._record, durable=False)
        future.add_done_callback(self._recorded_or_not)
        return future

    def _record(self, transaction: Transaction) -> None:
        """Writes the difference to what was recorded. Whoever cannot be sure of that reads it: an earlier transaction
        failed or has not ended, or another process took this one for dead."""
        with self._lock:
            changed, self._changed, self._write = self._changed, set(), None
        is_sure, self._is_sure = self._is_sure, False
        if not presence.register(transaction, self._node) or not is_sure:
            self._recorded = presence.users_on(transaction, self._node)
            changed = self._recorded | set(self._connections.user_ids())
        online = {user_id for user_id in changed if self._connections.has_user(user_id)}
        opened, closed = online - self._recorded, (changed - online) & self._recorded
        if opened or closed:
            presence.record(transaction, self._node, opened, closed)
            self._recorded = (self._recorded | opened) - closed

    def _recorded_or_not(self, future: "Future[None]") -> None:
        self._is_sure = future.exception() is None
