"""Reads the claims of a JWT after checking its signature."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask import current_app
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from chatapp.clock import now
from chatapp.errors import NotSignedIn
from chatapp.signing_keys import KeyRing

CACHED_TOKENS = 10_000
"""Tokens whose signature is not checked again: the same text and the same keys always give the same result."""


def claims_of(token: str) -> Mapping[str, Any]:
    """The claims of a token that this installation signed and that has not expired. Raises NotSignedIn.

    Needs an app context. `find_caller` checks whether the token's session is still valid.
    """
    try:
        claims = _verified_claims(signing_keys().accepted, token)
    except (JWTExtendedException, PyJWTError, ValueError) as error:
        raise NotSignedIn("You are not signed in.") from error
    if claims["exp"] <= now().timestamp():
        raise NotSignedIn("Your session has expired. Please sign in again.")
    return claims


@lru_cache(CACHED_TOKENS)
def _verified_claims(_kids: tuple[str, ...], token: str) -> Mapping[str, Any]:
    """The accepted keys are part of the cache key: a token that one key signed is not valid under others."""
    return MappingProxyType(decode_token(token))


def signing_keys() -> KeyRing:
    """The keys of this installation. Needs an app context."""
    ring: KeyRing = current_app.extensions["chatapp.signing_keys"]
    return ring
