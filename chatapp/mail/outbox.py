"""E-mail that waits to be sent, as jobs. Whoever causes one neither waits for the mail server nor hears of it.

What to write is found out by the job, too: how long a request takes then says nothing about an account. A job holds no
secret: the link of a letter is made when the letter is.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select

from chatapp.jobs import enqueue
from chatapp.jobs.kind import Backoff
from chatapp.journal import Transaction
from chatapp.mail.letters import Letter
from chatapp.metrics.counters import counters
from chatapp.models import JobRow
from chatapp.models.job import IS_NOT_FAILED

log = logging.getLogger(__name__)

MAIL = "mail"
"""The kind of the jobs."""

MOST_ATTEMPTS = 8
BACKOFF = Backoff(first_seconds=10, most_seconds=1_200)
"""Of all jobs that send e-mail. The attempts are over after about 20 minutes."""

MOST_WAITING = 500
"""Beyond that no letter to strangers is taken on, with a warning: the mail server is down, or somebody asks for too
much."""

Subject = Literal["reset", "confirmation", "address", "account"]
"""What a letter is about: a link for a new password, a link that confirms an address, the end of an address, or another
change of an account."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    letter: Letter


def put(transaction: Transaction, subject: Subject, payload: Mapping[str, Any], key: str | None = None) -> None:
    """Has a letter written and sent once the transaction is committed. Nothing is sent without a mail server."""
    enqueue(transaction, MAIL, {**payload, "subject": subject}, key=key)


def is_full(transaction: Transaction) -> bool:
    """Whether so many letters wait that one more is dropped, which is logged."""
    count = select(func.count()).select_from(JobRow).where(JobRow.kind == MAIL, IS_NOT_FAILED)
    is_over = (transaction.session.scalar(count) or 0) >= MOST_WAITING
    if is_over:
        counters.dropped["mail"] += 1
        log.warning("An e-mail is dropped: %d others wait.", MOST_WAITING)
    return is_over
