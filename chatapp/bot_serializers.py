"""Serializers of the routes of bots."""

from datetime import datetime

from chatapp.actions.bots import ListedBot, ListedToken, NewToken
from chatapp.bot_shapes import BotShape, BotTokenShape, NewBotTokenShape
from chatapp.clock import to_iso


def bot(one: ListedBot) -> BotShape:
    return {
        "username": one.username,
        "name": one.name,
        "isActive": one.is_active,
        "createdAt": to_iso(one.created_at),
        "lastSeen": _or_none(one.last_seen_at),
        "tokens": one.tokens,
    }


def token(one: ListedToken) -> BotTokenShape:
    return {
        "id": one.id,
        "name": one.name,
        "createdAt": to_iso(one.created_at),
        "expiresAt": _or_none(one.expires_at),
        "lastUsed": _or_none(one.last_used_at),
    }


def new_token(made: NewToken) -> NewBotTokenShape:
    return {"id": made.id, "token": made.secret, "expiresAt": _or_none(made.expires_at)}


def _or_none(at: datetime | None) -> str | None:
    return to_iso(at) if at is not None else None
