"""Light clients in an event loop of a thread of its own, some of which cease to behave."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import requests

from tests.faults.light_client import LightClient

Answer = TypeVar("Answer")

CONNECT_SECONDS = 60.0
SIGN_INS_AT_ONCE = 4


def sign_in_all(address: str, usernames: list[str]) -> list[str]:
    """The tokens of these users, by the HTTP side at this address."""

    def sign_in(username: str) -> str:
        return requests.post(address + "/login", json={"username": username}).headers["auth-token"]

    with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
        return list(pool.map(sign_in, usernames))


class LightCrowd:
    """Safe to use from one other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._clients: list[LightClient] = []

    def enter(self, port: int, tokens: list[str], *, receive_buffer_bytes: int | None = None) -> list[LightClient]:
        """Connects a client for each token, and waits until all are served. Raises OSError if one is not."""

        async def enter_one(token: str) -> LightClient:
            client = await LightClient.connect(port, token, receive_buffer_bytes=receive_buffer_bytes)
            self._clients.append(client)
            await client.served
            return client

        async def enter_all() -> list[LightClient]:
            return list(await asyncio.gather(*map(enter_one, tokens)))

        return self._run(enter_all())

    def stop_reading(self, clients: list[LightClient]) -> None:
        self._each(LightClient.stop_reading, clients)

    def fall_silent(self, clients: list[LightClient]) -> None:
        self._each(LightClient.fall_silent, clients)

    def abort(self, clients: list[LightClient]) -> None:
        self._each(LightClient.abort, clients)

    def close(self) -> None:
        """Ends all connections and the thread."""
        self.abort(self._clients)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _each(self, what: Any, clients: list[LightClient]) -> None:
        async def do() -> None:
            for client in clients:
                what(client)

        self._run(do())

    def _run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CONNECT_SECONDS)
