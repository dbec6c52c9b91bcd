"""What a kind of job is, and what its handler is given and returns."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chatapp.config import Settings
from chatapp.errors import ChatError
from chatapp.journal import Journal

LEASE_EXTRA_SECONDS = 10.0
"""How much longer than its time limit a job counts as running. Covers what is stored before and after the handler."""


class JobFailed(Exception):
    """A handler could not do its job. The sentence is kept with the job and logged, so it must hold no secret, no
    address and no text of a person. `can_retry`: not if the next attempt would fail as well. `retry_seconds`: when the
    next attempt is made, if somebody else has said so."""

    def __init__(self, sentence: str, *, can_retry: bool = True, retry_seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.can_retry = can_retry
        self.retry_seconds = retry_seconds


class LeaseLost(Exception):
    """The job was taken for lost meanwhile, and is somebody else's or done."""


@dataclass(frozen=True, slots=True)
class Again:
    """What a handler returns that has done a part: the job is due again after `seconds`, with another payload if one is
    given. The attempts begin anew."""

    seconds: float
    payload: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Job:
    """A job that this process runs. `attempt` is 1 the first time."""

    id: int
    kind: "Kind"
    key: str | None
    payload: Mapping[str, Any]
    attempt: int
    created_at: datetime
    is_settled: bool = False
    """Whether a transaction of the handler has completed it."""


@dataclass(frozen=True, slots=True)
class Services:
    """What a handler works with. It runs in an app context, so that it can read as actions do. `has_time` says whether
    half of the time limit is left: a handler of many parts stops then, and returns `Again`."""

    journal: Journal
    settings: Settings
    job: Job
    has_time: Callable[[], bool]


Handler = Callable[[Services, Mapping[str, Any]], Again | None]
"""Does the work of a job with its payload. Whatever it raises is a failed attempt. On the event loop it must not block:
what computes or calls a library that waits by itself runs by `eventloop/thread_pool.py`."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts: each is twice as long as the one before, up to `most_seconds`."""

    first_seconds: float = 5.0
    most_seconds: float = 3_600.0

    def seconds_after(self, attempt: int) -> float:
        """The pause after this attempt, a part of it by chance: what failed together does not come back together."""
        longest = min(self.most_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 60))
        return longest * random.SystemRandom().uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. `name` is what `enqueue` calls it, and stays in the database: it never changes.

    After `most_attempts` a job is a dead letter. A handler that takes longer than `time_limit_seconds` is ended where
    that is possible, on the event loop, and its job is tried again. Each process runs `at_once` jobs of the kind at the
    same time. With `every` there is one job of the kind, which is due again after that time, whether it failed or not.
    """

    name: str
    run: Handler
    most_attempts: int = 5
    backoff: Backoff = field(default_factory=Backoff)
    time_limit_seconds: float = 60.0
    at_once: int = 1
    every: timedelta | None = None

    @property
    def lease(self) -> timedelta:
        """After this time a job whose process was killed runs again."""
        return timedelta(seconds=self.time_limit_seconds + LEASE_EXTRA_SECONDS)


def sentence_of(error: Exception) -> str:
    """What is kept and logged of an error: its sentence if that was written for it, otherwise its class alone. Other
    texts may repeat what a job works with."""
    if isinstance(error, JobFailed):
        return str(error)
    return error.message if isinstance(error, ChatError) else type(error).__name__
