"""Links for a new password that people have sent to themselves by e-mail."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from chatapp.actions.accounts import find_active_user
from chatapp.actions.audit import Actor, record
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.password_resets import NewReset, store_reset
from chatapp.actions.sessions import Place
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.jobs.kind import Services
from chatapp.journal import Journal, Transaction
from chatapp.mail.letters import link_letter
from chatapp.mail.outbox import Mail, is_full, put
from chatapp.models import PasswordReset, User
from chatapp.sign_in_errors import MailOff

LASTS = timedelta(hours=1)
"""Shorter than an administrator's link: whoever asks for it waits for it."""


def mail_reset(journal: Journal, settings: Settings, account: str, language: str, place: Place) -> None:
    """Sends a link to the verified address of an account, by its username or that address. Whether there is such an
    account is found out in the background, so that neither the answer nor its time says so.

    Raises MailOff.
    """
    if not settings.can_mail:
        raise MailOff("This server sends no e-mail.")

    def write(transaction: Transaction) -> None:
        if not is_full(transaction):
            put(transaction, "reset", {"account": account, "language": language, "address": place.address})

    journal.write(write, durable=False)


def compose(services: Services, payload: Mapping[str, Any]) -> Mail | None:
    """Makes the link. None for nobody, for an account without an address, for one that an administrator has just given
    a link, and for one without a password. The last signs in by a provider or a passkey, and whoever runs that provider
    may count on it being the only way in. None also for what was asked for so long ago that nobody waits for it."""
    user = _found(payload["account"])
    if user is None or user.email is None or user.password_hash is None or services.job.created_at < now() - LASTS:
        return None
    user_id, username, email = user.id, user.username, user.email
    language = user.mail_language or payload["language"]
    db.session.remove()

    def write(transaction: Transaction) -> NewReset | None:
        # It lasts longer, so an administrator has made it: a stranger who asks for a link must not end it.
        if (present := transaction.session.get(PasswordReset, user_id)) and present.expires_at > now() + LASTS:
            return None
        if services.job.attempt == 1:
            record(transaction, "password_reset_mailed", Actor(None, "", payload["address"]), username)
        return store_reset(transaction, user_id, LASTS)

    if (made := services.journal.write(write)) is None:
        return None
    settings = services.settings
    link = f"{settings.public_url}/#/reset/{made.secret}"
    return Mail(email, link_letter("reset", language, username=username, system=shown_name(settings), link=link))


def _found(account: str) -> User | None:
    """By the address first. It is confirmed, while anybody may choose a username that looks like somebody's address."""
    by_email = select(User).where(User.email == account.lower(), User.is_active)
    return db.session.scalar(by_email) or find_active_user(account)
