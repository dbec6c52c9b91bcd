"""Waits for what becomes of a message that was put into the journal."""

from collections.abc import Callable
from concurrent.futures import Future

from chatapp.errors import ChatError
from chatapp.journal import StoredMessage
from chatapp.journal.drafts import Outcome


def stored_message(send: Callable[[Callable[[Outcome], None]], None]) -> StoredMessage:
    """Calls `send` with a function that takes the outcome, and waits for it. Raises the refusal if it is one."""
    answer: Future[Outcome] = Future()
    send(answer.set_result)
    outcome = answer.result()
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome
