"""Bounds for what a provider can cost: time, size, and how many calls run at once.

A provider is another server: it may be slow, broken or taken over, and the chat goes on without it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

from chatapp.bounded_calls import BoundedCalls, TooManyCalls
from chatapp.sign_in_errors import ProviderUnavailable

STEP_SECONDS = 5.0
"""Longest wait for a connection, and between two pieces of an answer."""
CALL_SECONDS = 10.0
"""Longest time that all requests of one sign-in take together. A server that sends a byte now and then keeps every step
short."""
BODY_BYTES = 262_144
PIECE_BYTES = 16_384
CALLS_AT_ONCE = 20
"""Of this process. Who waits has a thread or a greenlet."""

Result = TypeVar("Result")

_calls = BoundedCalls(CALLS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Received:
    """What a provider has answered."""

    status_code: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        if self.status_code != 200:
            raise HTTPError(f"The provider answers with status {self.status_code}.")


class LimitedSession:
    """Requests within STEP_SECONDS and BODY_BYTES. Follows no redirects, which would carry the code and the secret to
    wherever they say. Authlib calls it as it would a session of another library."""

    def __init__(self) -> None:
        self._connections = PoolManager(timeout=STEP_SECONDS, retries=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connections.clear()

    def get(self, url: str, token: str | None = None) -> Received:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self._send("GET", url, headers, None)

    def post(self, url: str, data: dict[str, str], headers: dict[str, str], auth: Any) -> Received:
        return self._send("POST", *auth.prepare("POST", url, dict(headers), urlencode(data)))

    def _send(self, method: str, url: str, headers: dict[str, str], body: str | None) -> Received:
        response = self._connections.request(
            method, url, body, headers=headers, redirect=False, preload_content=False, decode_content=False
        )
        try:
            return Received(response.status, _body(response))
        finally:
            response.close()


def _body(response: BaseHTTPResponse) -> bytes:
    """Packed answers were not asked for and are not unpacked: a small one may hold very much."""
    body = bytearray()
    for piece in response.stream(PIECE_BYTES):
        body += piece
        if len(body) > BODY_BYTES:
            raise HTTPError(f"The provider answers with more than {BODY_BYTES} bytes.")
    return bytes(body)


def within_limits(call: Callable[[], Result]) -> Result:
    """Returns what the call returns, and raises what it raises. Raises ProviderUnavailable after CALL_SECONDS, and at
    once while CALLS_AT_ONCE calls run."""
    try:
        return _calls.run(call, CALL_SECONDS)
    except TooManyCalls:
        raise ProviderUnavailable("Too many people sign in by this provider at the same time.") from None
    except TimeoutError:
        raise ProviderUnavailable("The provider did not answer in time.") from None
