"""Redis or Valkey as the bus: publishes after the commit, and subscribes on a second connection."""

import logging
import os
import threading
import uuid
from collections.abc import Callable

import redis

from chatapp.bus.envelope import seal, unseal
from chatapp.database import WriterConnection
from chatapp.notices import CatchUp, Notice

log = logging.getLogger(__name__)

CHANNEL = "chatapp"
WAIT_SECONDS = 0.5
RECONNECT_SECONDS = 1.0
SOCKET_TIMEOUT_SECONDS = 2.0
"""How long a server that stops answering can block the journal. After one time-out notices are dropped."""


class RedisBus:
    """See `chatapp.bus.choice.Bus`. While the server is unreachable, messages are still stored and acked."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._origin = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._client = redis.Redis.from_url(
            url, socket_timeout=SOCKET_TIMEOUT_SECONDS, socket_connect_timeout=SOCKET_TIMEOUT_SECONDS
        )
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_down = False

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        """Does nothing. A published notice cannot be rolled back, so it is published after the commit."""

    def after_commit(self, notices: list[Notice]) -> None:
        """Drops notices at once while the server is unreachable. Afterwards all processes are told to catch up."""
        if self._is_down:
            return
        try:
            self._publish(notices)
        except redis.RedisError as error:
            log.warning("The bus is unreachable; other processes learn of changes once it is reachable: %s", error)
            self._is_down = True
            threading.Thread(target=self._recover, name="bus recovery", daemon=True).start()

    def listen(self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(receive, catch_up, started), name="bus", daemon=True)
        self._thread.start()
        started.wait(timeout=SOCKET_TIMEOUT_SECONDS)

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _publish(self, notices: list[Notice]) -> None:
        self._client.publish(CHANNEL, seal(self._origin, notices))

    def _recover(self) -> None:
        while not self._stop.wait(RECONNECT_SECONDS):
            try:
                self._client.ping()
                # From here on no notice is dropped. The catch-up published next makes up for the dropped ones.
                self._is_down = False
                self._publish([CatchUp()])
            except redis.RedisError:
                self._is_down = True
            else:
                log.warning("The bus is reachable again.")
                return

    def _run(
        self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        while not self._stop.is_set():
            try:
                self._watch(receive, catch_up, started)
            except redis.RedisError as error:
                log.warning("The subscription to the bus failed; reconnecting: %s", error)
                self._stop.wait(RECONNECT_SECONDS)
            except Exception:
                log.exception("A notice could not be handled")
                self._stop.wait(RECONNECT_SECONDS)

    def _watch(
        self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        with redis.Redis.from_url(self._url).pubsub(ignore_subscribe_messages=False) as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(CHANNEL)
            while not self._stop.is_set():
                message = channel.get_message(timeout=WAIT_SECONDS)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    started.set()
                    catch_up()
                elif message["type"] == "message":
                    self._receive(message["data"], receive)

    def _receive(self, data: bytes, receive: Callable[[list[Notice]], None]) -> None:
        if notices := unseal(data, self._origin):
            receive(notices)
