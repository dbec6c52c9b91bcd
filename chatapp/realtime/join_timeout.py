"""Closes connections that joined no namespace within a time-out, as Socket.IO for Node does (`connectTimeout`)."""

import threading
from collections import OrderedDict
from typing import Any

from chatapp.clock import monotonic
from chatapp.realtime.engine.closings import note_closing
from chatapp.realtime.engine.socketio_server import ChatServer


class JoinTimeout:
    """Keeps the time at which each transport opened, by Engine.IO session id, oldest first."""

    def __init__(self, server: ChatServer, join_timeout_seconds: float) -> None:
        self._server = server
        self._timeout = join_timeout_seconds
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, float] = OrderedDict()
        server.on_transport_opened = self._open

    def close_overdue(self) -> None:
        """Closes the connections whose time-out has ended and that are in no namespace."""
        for eio_sid in self._overdue():
            if eio_sid in self._server.eio.sockets and not self._has_joined(eio_sid):
                note_closing(eio_sid, "join_timeout")
                self._server.close_transport(eio_sid)

    def _open(self, eio_sid: str) -> None:
        with self._lock:
            self._opened[eio_sid] = monotonic()

    def _overdue(self) -> list[str]:
        limit = monotonic() - self._timeout
        overdue = []
        with self._lock:
            while self._opened and next(iter(self._opened.values())) <= limit:
                overdue.append(self._opened.popitem(last=False)[0])
        return overdue

    def _has_joined(self, eio_sid: str) -> bool:
        manager: Any = self._server.manager
        return any(manager.sid_from_eio_sid(eio_sid, namespace) for namespace in manager.get_namespaces())
