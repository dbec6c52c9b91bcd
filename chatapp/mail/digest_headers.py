"""What mail programs learn of a digest: its place in a thread, and how to end digests by one click (RFC 8058)."""

import hashlib
import hmac
from collections.abc import Mapping
from email.utils import parseaddr

from chatapp.base64url import to_base64url
from chatapp.mail.settings import MailSettings

DIGESTS = "digests"
"""The purpose of the key that is passed here, for `secret.py: derived_key`."""

CODE_BYTES = 16
"""Nobody guesses 128 bits."""


def unsubscribe_token(key: bytes, user_id: int, email: str) -> str:
    """Ends the digests of a user, and nothing else, as long as the account has this address. It has no end: people find
    an old e-mail, and click."""
    return f"{user_id}-{_code(key, f'unsubscribe {user_id} {email}')}"


def user_in(token: str) -> int | None:
    """The id of the user whom a token claims to be of; None if it has another form."""
    number, separator, _ = token.partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(2**63 - 1))
    return int(number) if separator and is_number and int(number) < 2**63 else None


def is_token_of(key: bytes, token: str, user_id: int, email: str) -> bool:
    return hmac.compare_digest(token.encode(), unsubscribe_token(key, user_id, email).encode())


def digest_headers(
    key: bytes, settings: MailSettings, user_id: int, number: int, unsubscribe_address: str
) -> Mapping[str, str]:
    """Of the digest of this number, from 1. A second attempt has the same `Message-ID`, by which mailboxes know it."""
    domain = parseaddr(settings.mail_from)[1].partition("@")[2]
    thread = _code(key, f"thread {user_id}")
    ids = [f"<digest.{one}.{thread}@{domain}>" for one in dict.fromkeys((1, number - 1, number)) if one]
    headers = {
        "Message-ID": ids[-1],
        "List-Unsubscribe": f"<{unsubscribe_address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if number > 1:
        headers |= {"In-Reply-To": ids[-2], "References": " ".join(ids[:-1])}
    return headers


def _code(key: bytes, text: str) -> str:
    return to_base64url(hmac.new(key, text.encode(), hashlib.sha256).digest()[:CODE_BYTES])
