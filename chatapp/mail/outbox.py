"""E-mail that waits to be sent. Whoever causes one neither waits for the mail server nor hears whether there is one.

What to write is found out in the background, too: how long a request takes then says nothing about an account.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from queue import Full, Queue

from chatapp.mail.delivery import MailFailed, deliver
from chatapp.mail.letters import Letter
from chatapp.mail.settings import MailSettings

log = logging.getLogger(__name__)

MOST_WAITING = 500
"""Beyond that e-mail is dropped, with a warning: the mail server is down, or somebody asks for too much."""
CLOSE_SECONDS = 10.0
"""Longest wait for what is queued when the process ends."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    letter: Letter


Compose = Callable[[], Mail | None]
"""Finds out what to send; None for nothing. Runs in an app context."""


class Outbox:
    """One for each process, with one thread or greenlet. What is queued when the process is killed is lost."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], settings: MailSettings) -> None:
        self._app_context = app_context
        self._settings = settings
        self._waiting: Queue[Compose | None] = Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether a mail server is configured."""
        return self._settings.can_mail

    def put(self, compose: Compose) -> None:
        """Has something sent soon, and does not wait. Does nothing without a mail server."""
        if not self.is_open:
            return
        try:
            self._waiting.put_nowait(compose)
        except Full:
            log.warning("An e-mail is dropped: %d others wait.", MOST_WAITING)
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="chatapp outbox", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Waits for what is queued, CLOSE_SECONDS at most."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            with suppress(Full):
                self._waiting.put_nowait(None)
            thread.join(CLOSE_SECONDS)

    def _work(self) -> None:
        while (compose := self._waiting.get()) is not None:
            self._send(compose)

    def _send(self, compose: Compose) -> None:
        try:
            with self._app_context():
                mail = compose()
            if mail is not None:
                deliver(self._settings, mail.to, mail.letter)
        except MailFailed as error:
            log.warning("An e-mail was not sent: %s", error)
        except Exception as error:
            # An error of the database repeats the values of its statement.
            log.error("An e-mail was not written: %s", type(error).__name__)
