"""The secrets by which bots are signed in. Who has one is the bot, so only a hash of it is stored."""

import secrets

from chatapp.random_secrets import hash_of

PREFIX = "chatapp_bot_"
"""Tells a bot's token from the signed token of a person, and lets scanners find one that was published."""
TOKEN_BYTES = 32
"""256 random bits."""
SESSION_ID_CHARACTERS = 36


def new_bot_token() -> str:
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def is_bot_token(token: str) -> bool:
    return token.startswith(PREFIX)


def session_id_of(token: str) -> str:
    """The id of the token's session: 144 bits of the token's hash, as hexadecimal digits. Those of people are UUIDs,
    which have hyphens, so that no token is ever that of a person's session."""
    return hash_of(token)[:SESSION_ID_CHARACTERS]
