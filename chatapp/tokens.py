"""What a token says, once its signature has been checked."""

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

KEPT_TOKENS = 10_000
"""Tokens whose signature is not checked again: the same text under the same key has the same one."""


def claims_of(token: str) -> Mapping[str, Any]:
    """The claims of a token of ours that has not expired. Raises NotSignedIn. Needs an app context.

    That its session still stands is another question: see `find_caller`.
    """
    try:
        claims = _checked(str(current_app.secret_key), token)
    except (JWTExtendedException, PyJWTError, ValueError) as error:
        raise NotSignedIn("You are not signed in.") from error
    if claims["exp"] <= now().timestamp():
        raise NotSignedIn("Your session has expired. Please sign in again.")
    return claims


@lru_cache(KEPT_TOKENS)
def _checked(_key: str, token: str) -> Mapping[str, Any]:
    """Keyed by the signing key too: what one key signed says nothing under another."""
    return MappingProxyType(decode_token(token))
