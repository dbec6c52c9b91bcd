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

CACHED_TOKENS = 10_000
"""Tokens whose signature is not checked again: the same text and the same key always give the same result."""


def claims_of(token: str) -> Mapping[str, Any]:
    """The claims of a token that this installation signed and that has not expired. Raises NotSignedIn.

    Needs an app context. `find_caller` checks whether the token's session is still valid.
    """
    try:
        claims = _verified_claims(str(current_app.secret_key), token)
    except (JWTExtendedException, PyJWTError, ValueError) as error:
        raise NotSignedIn("You are not signed in.") from error
    if claims["exp"] <= now().timestamp():
        raise NotSignedIn("Your session has expired. Please sign in again.")
    return claims


@lru_cache(CACHED_TOKENS)
def _verified_claims(_key: str, token: str) -> Mapping[str, Any]:
    """The signing key is part of the cache key: a token that one key signed is not valid under another."""
    return MappingProxyType(decode_token(token))
