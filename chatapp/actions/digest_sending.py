"""Tells people by e-mail of what they have missed while they were away: two kinds of jobs."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from chatapp.actions.digest_recipients import Recipient, find_due, recipient_of
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.missed_messages import missed_messages
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.jobs.kind import Again, JobFailed, Kind, Services
from chatapp.jobs.leases import complete
from chatapp.jobs.queue import NewJob, SessionConnection, enqueue_rows
from chatapp.journal import Journal, Transaction
from chatapp.mail.delivery import MailFailed, deliver
from chatapp.mail.digest_headers import DIGESTS, digest_headers, unsubscribe_token
from chatapp.mail.digest_letter import Frame, Missed, digest_letter
from chatapp.mail.letters import Letter
from chatapp.mail.outbox import BACKOFF, MOST_ATTEMPTS
from chatapp.models import DigestPosition
from chatapp.secret import derived_key, secret_key

DIGEST = "digest"
LOOK_EVERY = timedelta(minutes=5)
"""How much later than it may a digest is sent."""
PEOPLE_AT_ONCE = 100
PAUSE_SECONDS = 0.05
"""Time for others after so many people."""
SETTLING = timedelta(minutes=1)
"""What was stored just now is told next time: an older message may still be in a transaction, and would be left out."""


def _find(services: Services, payload: Mapping[str, Any]) -> Again | None:
    """Goes through the people above the id `after` of the payload. One job works for all processes."""
    after: int | None = payload.get("after", 0)
    while services.settings.can_mail and after is not None:
        if not services.has_time():
            return Again(0, {"after": after})
        at = now()
        due, after = find_due(at, after, PEOPLE_AT_ONCE)
        db.session.remove()
        if due:
            _begin(services.journal, due, at)
        time.sleep(PAUSE_SECONDS)
    return None


def _begin(journal: Journal, user_ids: Sequence[int], at: datetime) -> None:
    """Adds a job for each of them. Whatever becomes of it, the next one is a period later."""

    def write(transaction: Transaction) -> None:
        for user_id in user_ids:
            _position(transaction, user_id).begun_at = at
        jobs = [NewJob(DIGEST, {"user_id": user_id}, key=str(user_id)) for user_id in user_ids]
        transaction.notices += enqueue_rows(SessionConnection(transaction), jobs)

    journal.write(write)


def _send(services: Services, payload: Mapping[str, Any]) -> None:
    """Finds out what to tell when it is sent: by then they may have come back, or read it on another device."""
    journal, at, user_id = services.journal, now(), payload["user_id"]
    journal.flush_watermarks_for_read()
    to = recipient_of(user_id, at) if services.settings.can_mail else None
    until = at - SETTLING
    missed = missed_messages(user_id, to.since, until) if to is not None else []
    letter = _letter(services.settings, to, missed) if to is not None and missed else None
    # The mail server may take its time.
    db.session.remove()
    if to is None:
        _note_nothing(services, user_id, None)
    elif letter is None:
        _note_nothing(services, user_id, until)
    else:
        _deliver(services, to, letter)
        _note_sent(services, to, until)


def _letter(settings: Settings, to: Recipient, missed: Sequence[Missed]) -> Letter:
    key = derived_key(secret_key(settings), DIGESTS)
    token = unsubscribe_token(key, to.user_id, to.email)
    frame = Frame(
        shown_name(settings), settings.public_url, to.username, f"{settings.public_url}/#/unsubscribe/{token}"
    )
    address = f"{settings.public_url}{settings.api_prefixes[0].rstrip('/')}/email/unsubscribe?token={token}"
    headers = digest_headers(key, settings, to.user_id, to.number + 1, address)
    return digest_letter(missed, to.language, frame, headers, shows_content=to.shows_content)


def _deliver(services: Services, to: Recipient, letter: Letter) -> None:
    """An address that is refused for good counts as told: asking again soon would be refused again."""
    try:
        deliver(services.settings, to.email, letter)
    except MailFailed as error:
        if error.can_retry:
            raise JobFailed(str(error)) from None


def _note_sent(services: Services, to: Recipient, until: datetime) -> None:
    def write(transaction: Transaction) -> None:
        complete(transaction, services.job)
        position = _position(transaction, to.user_id)
        position.told_until, position.number = until, to.number + 1

    services.journal.write(write)


def _note_nothing(services: Services, user_id: int, until: datetime | None) -> None:
    """The next digest need not wait for a period. With `until` nothing before that is looked at again."""
    values = {"begun_at": None} if until is None else {"begun_at": None, "told_until": until}
    statement = update(DigestPosition).where(DigestPosition.user_id == user_id).values(values)
    services.journal.write(lambda transaction: transaction.session.execute(statement), durable=False)


def _position(transaction: Transaction, user_id: int) -> DigestPosition:
    position = transaction.session.get(DigestPosition, user_id)
    if position is None:
        position = DigestPosition(user_id=user_id, number=0)
        transaction.session.add(position)
    return position


KINDS = (
    Kind("digests", _find, every=LOOK_EVERY),
    Kind(DIGEST, _send, most_attempts=MOST_ATTEMPTS, backoff=BACKOFF),
)
"""Digests have a kind of their own, so that a link for a new password does not wait for all of them."""
