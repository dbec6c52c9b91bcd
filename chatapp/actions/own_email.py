"""The caller's e-mail address. It is theirs when they have opened a link that was sent there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from chatapp.actions.account_links import replace_email
from chatapp.actions.audit import Actor
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.security_notices import tell_former_address
from chatapp.actions.sessions import Caller, Place
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.jobs.kind import Services
from chatapp.journal import Journal, Transaction
from chatapp.mail.letters import link_letter
from chatapp.mail.outbox import Mail, put
from chatapp.models import EmailVerification, User
from chatapp.random_secrets import hash_of, new_secret
from chatapp.sign_in_errors import EmailLinkInvalid, MailOff

LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """`address` is verified, `waiting` is not yet. Either may be None."""

    address: str | None
    waiting: str | None


def email_of(user_id: int) -> OwnEmail:
    waiting = select(EmailVerification.email).where(
        EmailVerification.user_id == user_id, EmailVerification.expires_at > now()
    )
    address = select(User.email).where(User.id == user_id)
    return OwnEmail(db.session.scalar(address), db.session.scalar(waiting))


def require_may_ask(settings: Settings, caller: Caller, password: str | None) -> None:
    """Raises MailOff, WrongPassword and ConfirmationRequired."""
    if not settings.can_mail:
        raise MailOff("This server sends no e-mail.")
    require_confirmation(caller, password)


def ask_for_email(journal: Journal, caller: Caller, email: str, language: str) -> None:
    """Sends a link to the address, which replaces an earlier link. The present address stays until it is opened.

    Whether another account has the address is not said: that is for those to know who read its e-mail.
    """

    def write(transaction: Transaction) -> None:
        transaction.session.execute(delete(EmailVerification).where(EmailVerification.user_id == caller.user_id))
        transaction.session.add(
            EmailVerification(
                user_id=caller.user_id,
                email=email,
                language=language,
                # Of a secret that nobody knows. That of the link is made with the letter.
                secret_hash=hash_of(new_secret()),
                expires_at=now() + LASTS,
            )
        )
        told = {"user_id": caller.user_id, "email": email, "language": language}
        put(transaction, "confirmation", told, key=f"confirmation/{caller.user_id}")

    journal.write(write)


def compose(services: Services, payload: Mapping[str, Any]) -> Mail | None:
    """Makes the link that confirms an address; None if the user has entered another one meanwhile, or none."""
    secret, user_id, email = new_secret(), payload["user_id"], payload["email"]

    def write(transaction: Transaction) -> str | None:
        waiting = transaction.session.get(EmailVerification, user_id)
        if waiting is None or waiting.email != email or waiting.expires_at <= now():
            return None
        waiting.secret_hash = hash_of(secret)
        return transaction.session.get_one(User, user_id).username

    username = services.journal.write(write)
    if username is None:
        return None
    # What follows # is not sent to a server: the secret is in no log and no Referer.
    settings = services.settings
    link = f"{settings.public_url}/#/email/{secret}"
    letter = link_letter("confirm", payload["language"], username=username, system=shown_name(settings), link=link)
    return Mail(email, letter)


def confirm_email(journal: Journal, secret: str, place: Place) -> None:
    """Gives the account of a link its address, and tells the former address. The link serves once.

    Raises EmailLinkInvalid, and Conflict if another account has the address.
    """

    def write(transaction: Transaction) -> None:
        used = transaction.session.execute(
            delete(EmailVerification)
            .where(EmailVerification.secret_hash == hash_of(secret), EmailVerification.expires_at > now())
            .returning(EmailVerification.user_id, EmailVerification.email, EmailVerification.language)
        ).one_or_none()
        user = transaction.session.get(User, used.user_id) if used is not None else None
        if used is None or user is None or not user.is_active:
            raise EmailLinkInvalid("This link is not valid, or no longer.")
        if user.email is not None and user.email != used.email:
            tell_former_address(transaction, user.email, user, "address_changed")
        replace_email(transaction, user, used.email, Actor(user.id, user.username, place.address))
        user.mail_language = used.language

    journal.write(write)


def remove_email(journal: Journal, caller: Caller, password: str | None) -> None:
    """The account has no address after that, nor one that waits. Raises WrongPassword and ConfirmationRequired."""
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> None:
        transaction.session.execute(delete(EmailVerification).where(EmailVerification.user_id == caller.user_id))
        user = transaction.session.get_one(User, caller.user_id)
        if user.email is not None:
            tell_former_address(transaction, user.email, user, "address_removed")
            replace_email(transaction, user, None, caller.actor)

    journal.write(write)
