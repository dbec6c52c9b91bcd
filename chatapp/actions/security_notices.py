"""Tells somebody by e-mail that how they sign in was changed, by themselves or by somebody else."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from chatapp.actions.installation_settings import shown_name
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.jobs.kind import Services
from chatapp.journal import Transaction
from chatapp.mail.letters import Notice as Change
from chatapp.mail.letters import notice_letter
from chatapp.mail.outbox import Mail, put
from chatapp.models import User


def tell_of_change(transaction: Transaction, user_id: int, change: Change) -> None:
    """Has the user told, at the address that the account has when the e-mail is written."""
    put(transaction, "account", {"user_id": user_id, "change": change})


def tell_former_address(transaction: Transaction, email: str, user: User, change: Change) -> None:
    """Has an address told that the account has it no more."""
    told = {"email": email, "language": user.mail_language, "username": user.username, "change": change}
    put(transaction, "address", told)


def compose(services: Services, payload: Mapping[str, Any]) -> Mail | None:
    """The e-mail that tells of a change; None for an account that is closed or has no address."""
    query = select(User.email, User.mail_language, User.username).where(User.id == payload["user_id"], User.is_active)
    row = db.session.execute(query).one_or_none()
    if row is None or row.email is None:
        return None
    return _notice(services.settings, row.email, row.mail_language, row.username, payload["change"])


def compose_for_former_address(services: Services, payload: Mapping[str, Any]) -> Mail:
    """The e-mail that tells an address that the account has it no more."""
    return _notice(services.settings, payload["email"], payload["language"], payload["username"], payload["change"])


def _notice(settings: Settings, email: str, language: str, username: str, change: Change) -> Mail:
    system = shown_name(settings)
    letter = notice_letter(change, language, username=username, system=system, link=settings.public_url)
    return Mail(email, letter)
