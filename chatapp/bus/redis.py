"""Redis or Valkey as the bus: publish after the commit, subscribe on a connection of its own."""

import logging
import os
import threading
import uuid
from collections.abc import Callable

import orjson
import redis

from chatapp.database import WriterConnection
from chatapp.notices import CatchUp, Notice, decode, encode

log = logging.getLogger(__name__)

CHANNEL = "chatapp"
WAIT_SECONDS = 0.5
RECONNECT_SECONDS = 1.0
SOCKET_TIMEOUT_SECONDS = 2.0
"""Longest that a server which stops answering may hold up the journal, once; then notices are dropped."""


class RedisBus:
    """See `chatapp.bus.choice.Bus`. When the server is away, messages are still stored and acked."""

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
        """Nothing to do: what is published cannot be rolled back, so it waits for the commit."""

    def after_commit(self, notices: list[Notice]) -> None:
        """While the server is away notices are dropped at once; when it is back, everybody is told to catch up."""
        if self._is_down:
            return
        try:
            self._publish(notices)
        except redis.RedisError as error:
            log.warning("The bus is not reachable; other processes learn of changes when it is back: %s", error)
            self._is_down = True
            threading.Thread(target=self._recover, name="bus recovery", daemon=True).start()

    def listen(self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(hear, catch_up, started), name="bus", daemon=True)
        self._thread.start()
        started.wait(timeout=SOCKET_TIMEOUT_SECONDS)

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _publish(self, notices: list[Notice]) -> None:
        self._client.publish(CHANNEL, orjson.dumps([self._origin, encode(notices)]))

    def _recover(self) -> None:
        while not self._stop.wait(RECONNECT_SECONDS):
            try:
                self._client.ping()
                # From here on nothing is dropped; what was, is made up for by what is published next.
                self._is_down = False
                self._publish([CatchUp()])
            except redis.RedisError:
                self._is_down = True
            else:
                log.warning("The bus is back.")
                return

    def _run(
        self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        while not self._stop.is_set():
            try:
                self._watch(hear, catch_up, started)
            except redis.RedisError as error:
                log.warning("Listening on the bus failed; connecting again: %s", error)
                self._stop.wait(RECONNECT_SECONDS)
            except Exception:
                log.exception("A notice could not be handled")
                self._stop.wait(RECONNECT_SECONDS)

    def _watch(
        self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
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
                    self._receive(message["data"], hear)

    def _receive(self, data: bytes, hear: Callable[[list[Notice]], None]) -> None:
        origin, body = orjson.loads(data)
        if origin != self._origin:
            hear(decode(body))
