"""Tells somebody by e-mail that how they sign in was changed, by themselves or by somebody else."""

from collections.abc import Callable
from typing import cast

from sqlalchemy import select

from chatapp.actions.installation_settings import shown_name
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.journal import StoredMessage
from chatapp.mail.letters import Notice as Change
from chatapp.mail.letters import notice_letter
from chatapp.mail.outbox import Mail, Outbox
from chatapp.models import User
from chatapp.notices import AccountChanged, Notice


def listener(outbox: Outbox, settings: Settings) -> Callable[[list[StoredMessage], list[Notice]], None]:
    """Hears of the commits of this process, and sends an e-mail for each change of an account."""

    def committed(_messages: list[StoredMessage], notices: list[Notice]) -> None:
        for notice in notices:
            if isinstance(notice, AccountChanged):
                outbox.put(lambda notice=notice: _notice_of(settings, notice))  # type: ignore[misc]

    return committed


def notice_to(settings: Settings, email: str, language: str, username: str, change: Change) -> Mail:
    """The e-mail that tells of a change. It goes to an address that the account may have no more."""
    system = shown_name(settings)
    letter = notice_letter(change, language, username=username, system=system, link=settings.public_url)
    return Mail(email, letter)


def _notice_of(settings: Settings, notice: AccountChanged) -> Mail | None:
    query = select(User.email, User.mail_language, User.username).where(User.id == notice.user_id, User.is_active)
    row = db.session.execute(query).one_or_none()
    if row is None or row.email is None:
        return None
    return notice_to(settings, row.email, row.mail_language, row.username, cast(Change, notice.change))
