"""Challenges that passkeys sign: random, for five minutes, for one purpose, answered once.

A challenge carries its own end and a MAC, so that any process can check it and none has to store those that are never
answered. What is stored is that one was answered.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from chatapp.clock import now
from chatapp.journal import Transaction
from chatapp.models import UsedChallenge
from chatapp.models.base import from_microseconds, to_microseconds
from chatapp.sign_in_errors import ChallengeInvalid

LASTS = timedelta(minutes=5)
RANDOM_BYTES = 16
"""WebAuthn section 13.4.3 asks for 16 at least."""
END_BYTES = 8
SIGNED_BYTES = RANDOM_BYTES + END_BYTES


def new_challenge(key: bytes, purpose: str) -> bytes:
    """A challenge for a purpose, which names what the answer is for and who may give it."""
    ends_at = to_microseconds(now() + LASTS)
    signed = secrets.token_bytes(RANDOM_BYTES) + ends_at.to_bytes(END_BYTES)
    return signed + _mac(key, purpose, signed)


def require_challenge(key: bytes, purpose: str, challenge: bytes) -> None:
    """Raises ChallengeInvalid unless the challenge was made with this key for this purpose, and has not expired."""
    signed, mac = challenge[:SIGNED_BYTES], challenge[SIGNED_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, purpose, signed)) or _end_of(challenge) <= now():
        raise _invalid()


def use_challenge(transaction: Transaction, challenge: bytes) -> None:
    """Marks a valid challenge as answered, in the transaction of what the answer brings about. Raises ChallengeInvalid
    for the second answer, also where another process has taken the first one meanwhile."""
    transaction.session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now() - LASTS))
    transaction.session.add(UsedChallenge(challenge=challenge[:RANDOM_BYTES].hex(), expires_at=_end_of(challenge)))
    try:
        transaction.session.flush()
    except IntegrityError as error:
        raise _invalid() from error


def user_handle_of(key: bytes, challenge: bytes) -> bytes:
    """The handle of the user who answers this challenge with their first passkey."""
    return _mac(key, "user handle", challenge)


def _end_of(challenge: bytes) -> datetime:
    return from_microseconds(int.from_bytes(challenge[RANDOM_BYTES:SIGNED_BYTES]))


def _mac(key: bytes, purpose: str, signed: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\0" + signed, hashlib.sha256).digest()


def _invalid() -> ChallengeInvalid:
    return ChallengeInvalid("This took too long, or was answered already. Please try again.")
