"""Hands messages to push services (RFC 8030). Each may be slow, broken or hostile, and everything else goes on."""

import contextlib
import http.client
import logging
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread, Timer
from typing import Literal
from urllib.parse import urlsplit

from chatapp.clock import monotonic
from chatapp.previews.guard import Refused
from chatapp.push.addresses import PushAddresses, origin_of
from chatapp.push.application_key import ApplicationKey
from chatapp.push.encryption import encrypted

log = logging.getLogger(__name__)

STEP_SECONDS = 5.0
"""Longest wait for a connection, and between two pieces of an answer."""
CALL_SECONDS = 10.0
"""Longest time of one message. A server that sends a byte now and then keeps every step short."""
AT_ONCE = 16
"""Messages that are handed over at the same time, of one call of `send_all`."""
FAILURES_IN_A_ROW = 3
AVOIDED_SECONDS = 30.0
"""How long a push service is left alone that has failed so many times."""
ANSWER_BYTES = 16_384
LONGEST_RETRY_SECONDS = 3_600


Outcome = Literal["taken", "gone", "refused", "later"]
"""`gone`: the subscription has ended, and will not come back. `refused`: another attempt would fare no better."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_seconds`: how long the push service wants to be left alone; 0 if it does not say."""

    outcome: Outcome
    retry_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Push:
    """A message for one browser. A later one with the same `topic` replaces it at the push service, which keeps it for
    `seconds_kept` while the browser is away. `contact` is who sends it."""

    endpoint: str
    client_key: str
    client_secret: str
    contact: str
    text: bytes
    seconds_kept: int
    urgency: str
    topic: str | None = None


class PushService:
    """All push services, as this process knows them."""

    def __init__(self, addresses: PushAddresses) -> None:
        self.addresses = addresses
        self._failures: dict[str, int] = {}
        self._avoided_until: dict[str, float] = {}

    def send_all(self, key: ApplicationKey, messages: Sequence[Push]) -> list[Answer]:
        """What has become of each message, in order. Never raises."""
        answers: dict[int, Answer] = {}
        waiting = deque(enumerate(messages))

        def work() -> None:
            with contextlib.closing(Line(self.addresses, key)) as line:
                while waiting:
                    number, message = waiting.popleft()
                    answers[number] = self._send(line, message)

        threads = [Thread(target=work, name="push", daemon=True) for _ in range(min(AT_ONCE, len(messages)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[number] for number in range(len(messages))]

    def _send(self, line: "Line", message: Push) -> Answer:
        try:
            origin = origin_of(message.endpoint)
            if self._avoided_until.get(origin, 0.0) > monotonic():
                return Answer("later")
            answer = line.send(origin, message)
        except (Refused, ValueError) as error:
            log.warning("A push service is not called: %s.", error)
            return Answer("refused")
        except (OSError, http.client.HTTPException) as error:
            self._note_failure(origin)
            log.warning("A message could not be handed to %s: %s.", origin, type(error).__name__)
            return Answer("later")
        self._failures.pop(origin, None)
        if answer.outcome == "refused":
            log.warning("%s refuses a message.", origin)
        return answer

    def _note_failure(self, origin: str) -> None:
        self._failures[origin] = self._failures.get(origin, 0) + 1
        if self._failures[origin] >= FAILURES_IN_A_ROW:
            self._avoided_until[origin] = monotonic() + AVOIDED_SECONDS


class Line:
    """Sends one message after the other, to each push service by one connection as long as that lasts."""

    def __init__(self, addresses: PushAddresses, key: ApplicationKey) -> None:
        self._addresses = addresses
        self._key = key
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def send(self, origin: str, message: Push) -> Answer:
        """Raises Refused, ValueError, OSError and HTTPException."""
        body = encrypted(message.text, message.client_key, message.client_secret)
        headers = self._headers(origin, message)
        known = self._connections.pop(origin, None)
        if known is not None:
            # The push service may have closed it meanwhile.
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._call(known, origin, message.endpoint, headers, body)
        return self._call(self._connect(message.endpoint), origin, message.endpoint, headers, body)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _connect(self, endpoint: str) -> http.client.HTTPConnection:
        made = http.client.HTTPConnection(str(urlsplit(endpoint).hostname))
        made.auto_open = 0
        made.sock = self._addresses.connect(endpoint, STEP_SECONDS)
        return made

    def _call(
        self,
        connection: http.client.HTTPConnection,
        origin: str,
        endpoint: str,
        headers: dict[str, str],
        body: bytes,
    ) -> Answer:
        end = Timer(CALL_SECONDS, _cut_off, (connection.sock,))
        end.daemon = True
        end.start()
        response = None
        try:
            connection.request("POST", _path_of(endpoint), body, headers)
            response = connection.getresponse()
            response.read(ANSWER_BYTES)
        except ValueError as error:
            # A TLS connection that was cut off while it was used.
            raise OSError(str(error)) from error
        finally:
            end.cancel()
            if response is None or not response.isclosed() or response.will_close:
                connection.close()
            else:
                self._connections[origin] = connection
        return answer_of(response.status, response.getheader("Retry-After", ""))

    def _headers(self, origin: str, message: Push) -> dict[str, str]:
        topic = {"Topic": message.topic} if message.topic else {}
        return {
            "Host": origin.partition("://")[2],
            "Authorization": self._key.authorization(origin, message.contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.seconds_kept),
            "Urgency": message.urgency,
            **topic,
        }


def answer_of(status: int, retry_after: str) -> Answer:
    """What a status means. RFC 8030 sections 5 and 7.3; 429 as in RFC 6585."""
    if 200 <= status < 300:
        return Answer("taken")
    if status in (404, 410):
        return Answer("gone")
    if status == 429 or status >= 500:
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0
        return Answer("later", min(seconds, LONGEST_RETRY_SECONDS))
    return Answer("refused")


def _path_of(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _cut_off(connection: socket.socket) -> None:
    """Ends a call from another thread: whoever waits for the push service gets an OSError or an early end."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
