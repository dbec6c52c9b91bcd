"""The caller's e-mail address. It is theirs when they have opened a link that was sent there."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from chatapp.actions.account_links import replace_email
from chatapp.actions.audit import Actor
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.security_notices import notice_to
from chatapp.actions.sessions import Caller, Place
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.mail.letters import Notice, link_letter
from chatapp.mail.outbox import Mail, Outbox
from chatapp.models import EmailVerification, User
from chatapp.random_secrets import hash_of, new_secret
from chatapp.sign_in_errors import EmailLinkInvalid, MailOff

LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """`address` is verified, `waiting` is not yet. Either may be None."""

    address: str | None
    waiting: str | None


@dataclass(frozen=True, slots=True)
class _Former:
    """The address that an account had, and what it is told."""

    email: str | None
    language: str
    username: str


def email_of(user_id: int) -> OwnEmail:
    waiting = select(EmailVerification.email).where(
        EmailVerification.user_id == user_id, EmailVerification.expires_at > now()
    )
    address = select(User.email).where(User.id == user_id)
    return OwnEmail(db.session.scalar(address), db.session.scalar(waiting))


def require_may_ask(outbox: Outbox, caller: Caller, password: str | None) -> None:
    """Raises MailOff, WrongPassword and ConfirmationRequired."""
    if not outbox.is_open:
        raise MailOff("This server sends no e-mail.")
    require_confirmation(caller, password)


def ask_for_email(
    journal: Journal,
    settings: Settings,
    outbox: Outbox,
    caller: Caller,
    email: str,
    language: str,
) -> None:
    """Sends a link to the address, which replaces an earlier link. The present address stays until it is opened.

    Whether another account has the address is not said: that is for those to know who read its e-mail.
    """
    secret = new_secret()

    def write(transaction: Transaction) -> None:
        transaction.session.execute(delete(EmailVerification).where(EmailVerification.user_id == caller.user_id))
        transaction.session.add(
            EmailVerification(
                user_id=caller.user_id,
                email=email,
                language=language,
                secret_hash=hash_of(secret),
                expires_at=now() + LASTS,
            )
        )

    journal.write(write)
    # What follows # is not sent to a server: the secret is in no log and no Referer.
    link = f"{settings.public_url}/#/email/{secret}"
    outbox.put(
        lambda: Mail(
            email,
            link_letter("confirm", language, username=caller.username, system=shown_name(settings), link=link),
        )
    )


def confirm_email(journal: Journal, settings: Settings, outbox: Outbox, secret: str, place: Place) -> None:
    """Gives the account of a link its address, and tells the former address. The link serves once.

    Raises EmailLinkInvalid, and Conflict if another account has the address.
    """

    def write(transaction: Transaction) -> _Former:
        used = transaction.session.execute(
            delete(EmailVerification)
            .where(EmailVerification.secret_hash == hash_of(secret), EmailVerification.expires_at > now())
            .returning(EmailVerification.user_id, EmailVerification.email, EmailVerification.language)
        ).one_or_none()
        user = transaction.session.get(User, used.user_id) if used is not None else None
        if used is None or user is None or not user.is_active:
            raise EmailLinkInvalid("This link is not valid, or no longer.")
        former = _Former(user.email, user.mail_language, user.username)
        replace_email(transaction, user, used.email, Actor(user.id, user.username, place.address))
        user.mail_language = used.language
        return former if former.email != used.email else _Former(None, "", "")

    _tell(settings, outbox, journal.write(write), "address_changed")


def remove_email(journal: Journal, settings: Settings, outbox: Outbox, caller: Caller, password: str | None) -> None:
    """The account has no address after that, nor one that waits. Raises WrongPassword and ConfirmationRequired."""
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> _Former:
        transaction.session.execute(delete(EmailVerification).where(EmailVerification.user_id == caller.user_id))
        user = transaction.session.get_one(User, caller.user_id)
        former = _Former(user.email, user.mail_language, user.username)
        if former.email is not None:
            replace_email(transaction, user, None, caller.actor)
        return former

    _tell(settings, outbox, journal.write(write), "address_removed")


def _tell(settings: Settings, outbox: Outbox, former: _Former, change: Notice) -> None:
    email = former.email
    if email is not None:
        outbox.put(lambda: notice_to(settings, email, former.language, former.username, change))
