"""Redis or Valkey as the bus: publish after the commit, subscribe on a connection of its own."""

import logging
import os
import threading
import uuid
from collections.abc import Callable
from typing import Any

import orjson
import redis

from chatapp.database import WriterConnection
from chatapp.notices import Notice, decode, encode

log = logging.getLogger(__name__)

CHANNEL = "chatapp"
WAIT_SECONDS = 0.5
RECONNECT_SECONDS = 1.0
SOCKET_TIMEOUT_SECONDS = 2.0
"""Longest that an unreachable server may hold up the journal; then notices are dropped until it answers."""


class RedisBus:
    """See `chatapp.bus.choice.Bus`. When the server is away, messages are still stored and acked."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._origin = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._client = redis.Redis.from_url(url, socket_timeout=SOCKET_TIMEOUT_SECONDS)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_down = False

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        """Nothing to do: what is published cannot be rolled back, so it waits for the commit."""

    def after_commit(self, notices: list[Notice]) -> None:
        try:
            self._client.publish(CHANNEL, orjson.dumps([self._origin, encode(notices)]))
            self._is_down = False
        except redis.RedisError as error:
            if not self._is_down:
                log.warning("The bus is not reachable; other processes learn of changes when it is back: %s", error)
            self._is_down = True

    def listen(self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(hear, catch_up, started), name="bus", daemon=True)
        self._thread.start()
        started.wait(timeout=SOCKET_TIMEOUT_SECONDS)

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

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

    def _watch(
        self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        with self._subscription() as channel:
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

    def _subscription(self) -> Any:
        return redis.Redis.from_url(self._url).pubsub()  # type: ignore[no-untyped-call]

    def _receive(self, data: bytes, hear: Callable[[list[Notice]], None]) -> None:
        origin, body = orjson.loads(data)
        if origin != self._origin:
            hear(decode(body))
