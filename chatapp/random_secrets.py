"""Secrets that are given away in a link or a code, and of which a hash is stored."""

import hashlib
import secrets

SECRET_BYTES = 16
"""128 random bits. OWASP asks for 64 in a session's identifier."""


def new_secret() -> str:
    """A secret for a link: letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is stored of a secret, which has enough random bits for a fast hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
