"""`python -m tests.faults.returning_clients PORT`: many light clients, which return whenever they lose the connection.

The first line of the input is a list of tokens in JSON. A line `cut` cuts all connections, and a line `expect` says
that something else will; both are answered by `ready`. A line `served` with the monotonic time in seconds is written
whenever all clients are connected, accepted and synced.
"""

import asyncio
import json
import random
import sys
import time

from tests.faults.light_client import LightClient

RETRY_FIRST_SECONDS = 0.5
RETRY_LAST_SECONDS = 5.0
RETRY_SPREAD = 0.5
"""Pauses between attempts, and by which share they vary: those of the web client (`connection.js`)."""
ATTEMPT_SECONDS = 20.0
"""The default of socket.io-client."""


class ReturningClients:
    """All clients of the process."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self._port = port
        self._tokens = tokens
        self._waiting = set(tokens)
        self._open: dict[str, LightClient] = {}

    async def run(self) -> None:
        """Returns at the end of the input."""
        tasks = [asyncio.create_task(self._live(token)) for token in self._tokens]
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            self._waiting = set(self._tokens)
            if line.strip() == "cut":
                for client in list(self._open.values()):
                    client.abort()
            print("ready", flush=True)
        for task in tasks:
            task.cancel()

    async def _live(self, token: str) -> None:
        attempts = 0
        while True:
            try:
                client = await self._enter(token)
            except OSError:
                attempts += 1
            else:
                attempts = 0
                self._served(token, client)
                await client.lost
                self._open.pop(token)
                self._waiting.add(token)
            await asyncio.sleep(_pause_seconds(attempts))

    async def _enter(self, token: str) -> LightClient:
        async with asyncio.timeout(ATTEMPT_SECONDS):
            client = await LightClient.connect(self._port, token)
            try:
                await client.served
            except BaseException:
                client.abort()
                raise
            return client

    def _served(self, token: str, client: LightClient) -> None:
        self._open[token] = client
        self._waiting.discard(token)
        if not self._waiting:
            print("served", time.monotonic(), flush=True)


def _pause_seconds(attempts: int) -> float:
    mean = min(RETRY_FIRST_SECONDS * 2**attempts, RETRY_LAST_SECONDS)
    return mean * random.uniform(1 - RETRY_SPREAD, 1 + RETRY_SPREAD)


if __name__ == "__main__":
    asyncio.run(ReturningClients(int(sys.argv[1]), json.loads(sys.stdin.readline())).run())
