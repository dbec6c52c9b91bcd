"""Ends digests by the link in one of them, without a sign-in."""

from sqlalchemy import select

from chatapp.actions.own_settings import change_settings
from chatapp.extensions import db
from chatapp.journal import Journal
from chatapp.mail.digest_headers import is_token_of, user_in
from chatapp.models import User
from chatapp.personal_payloads import ChangeSettings
from chatapp.sign_in_errors import EmailLinkInvalid


def unsubscribe(journal: Journal, key: bytes, token: str) -> None:
    """Switches the digests of a token's user off; again, it changes nothing. Raises EmailLinkInvalid, also for an
    address that the account has no more."""
    user_id = user_in(token)
    email = db.session.scalar(select(User.email).where(User.id == user_id)) if user_id is not None else None
    if user_id is None or email is None or not is_token_of(key, token, user_id, email):
        raise EmailLinkInvalid("This link is not valid, or no longer.")
    change_settings(journal, user_id, ChangeSettings(digest="off"))
