"""How much e-mail one account can cause. Without a limit anybody could fill a mailbox by the chat."""

from contextlib import AbstractContextManager
from typing import cast

from flask import request
from werkzeug.exceptions import HTTPException

from chatapp.extensions import limiter
from chatapp.payload_fields import NAME_CHARACTERS
from chatapp.username_rule import name_key

MAILS = "5 per hour"


def _account() -> str:
    """The account as it was entered, whether there is one or not. Counted by account alone, from all addresses: what is
    limited is what arrives in one mailbox."""
    try:
        body = request.get_json(silent=True)
    except HTTPException:
        body = None
    account = str(body.get("account")) if isinstance(body, dict) else ""
    return name_key(account[:NAME_CHARACTERS].strip())


UNSUBSCRIBINGS = "60 per minute"
"""Of one address: a provider of mailboxes asks from a few addresses for everybody."""

unsubscribe_limit = limiter.shared_limit(
    UNSUBSCRIBINGS, scope="unsubscribe", key_func=lambda: request.remote_addr or ""
)
"""Decorates a view: beyond UNSUBSCRIBINGS it answers TooManyAttempts."""

forgotten_limit = limiter.shared_limit(MAILS, scope="forgotten", key_func=_account)
"""Decorates a view: beyond MAILS for one account it answers TooManyAttempts."""


def limited_mails(key: str) -> AbstractContextManager[None]:
    """Raises what is answered as TooManyAttempts beyond MAILS of this sender, or to this address."""
    limit = limiter.shared_limit(MAILS, scope="mails", key_func=lambda: key)
    return cast(AbstractContextManager[None], limit)
