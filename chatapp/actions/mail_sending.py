"""Writes and sends e-mail: a kind of job."""

from collections.abc import Callable, Mapping
from typing import Any

from chatapp.actions import mailed_resets, own_email, security_notices
from chatapp.extensions import db
from chatapp.jobs.kind import JobFailed, Kind, Services
from chatapp.mail.delivery import MailFailed, deliver
from chatapp.mail.outbox import BACKOFF, MAIL, MOST_ATTEMPTS, Mail

Compose = Callable[[Services, Mapping[str, Any]], Mail | None]
"""Finds out what to send; None for nothing."""

COMPOSERS: dict[str, Compose] = {
    "reset": mailed_resets.compose,
    "confirmation": own_email.compose,
    "address": security_notices.compose_for_former_address,
    "account": security_notices.compose,
}
"""By the subject of the letter."""


def _send(services: Services, payload: Mapping[str, Any]) -> None:
    if not services.settings.can_mail:
        return
    mail = COMPOSERS[payload["subject"]](services, payload)
    # The mail server may take its time.
    db.session.remove()
    if mail is None:
        return
    try:
        deliver(services.settings, mail.to, mail.letter)
    except MailFailed as error:
        raise JobFailed(str(error), can_retry=error.can_retry) from None


SENDING = Kind(MAIL, _send, most_attempts=MOST_ATTEMPTS, backoff=BACKOFF)
"""One after the other in each process."""
