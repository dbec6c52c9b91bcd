"""The registry of this process's live sockets, each with its user and session."""

import threading
from dataclasses import dataclass, replace

from chatapp.actions.sessions import Caller
from chatapp.token_bucket import Budget, Budgets


@dataclass(frozen=True, slots=True)
class Connection:
    """A live socket in the namespace. `sid` is its Socket.IO session id. All sockets of a user share `budget`."""

    sid: str
    caller: Caller
    budget: Budget | None


class Connections:
    """Looks connections up by socket, by user and by session. `event_rate` is that of each user; 0 for none."""

    def __init__(self, event_rate: int) -> None:
        self._event_rate = event_rate
        self._lock = threading.RLock()
        self._by_sid: dict[str, Connection] = {}
        self._by_user: dict[int, set[str]] = {}
        self._by_session: dict[str, set[str]] = {}
        self._budgets = Budgets(event_rate)

    def add(self, sid: str, caller: Caller) -> bool:
        """Returns whether it is the user's first connection on this process."""
        with self._lock:
            connection = Connection(sid, caller, self._budget_of(caller.user_id))
            self._by_sid[connection.sid] = connection
            self._by_session.setdefault(connection.caller.session_id, set()).add(connection.sid)
            own = self._by_user.setdefault(connection.caller.user_id, set())
            own.add(connection.sid)
            return len(own) == 1

    def remove(self, sid: str) -> tuple[Connection | None, bool]:
        """The removed connection, and whether it was the user's last one on this process."""
        with self._lock:
            connection = self._by_sid.pop(sid, None)
            if connection is None:
                return None, False
            _discard(self._by_session, connection.caller.session_id, sid)
            return connection, _discard(self._by_user, connection.caller.user_id, sid)

    def _budget_of(self, user_id: int) -> Budget | None:
        if not self._event_rate:
            return None
        return self._budgets.of(user_id)

    def rename(self, sid: str, username: str) -> Caller | None:
        """Gives the caller of a connection another username. Returns the caller, or None if the connection is gone."""
        with self._lock:
            connection = self._by_sid.get(sid)
            if connection is None:
                return None
            caller = replace(connection.caller, username=username)
            self._by_sid[sid] = replace(connection, caller=caller)
            return caller

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def of_user(self, user_id: int) -> list[str]:
        with self._lock:
            return list(self._by_user.get(user_id, ()))

    def of_session(self, session_id: str) -> list[str]:
        with self._lock:
            return list(self._by_session.get(session_id, ()))

    def has_user(self, user_id: int) -> bool:
        return user_id in self._by_user

    def user_ids(self) -> list[int]:
        with self._lock:
            return list(self._by_user)

    def all(self) -> list[Connection]:
        with self._lock:
            return list(self._by_sid.values())


def _discard(index: dict[int, set[str]] | dict[str, set[str]], key: int | str, sid: str) -> bool:
    """Removes a socket from the index. Returns whether it was the last one of its key, which is then removed, too."""
    own = index[key]  # type: ignore[index]
    own.discard(sid)
    if own:
        return False
    del index[key]  # type: ignore[arg-type]
    return True
