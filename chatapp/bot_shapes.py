"""The shapes of the routes of bots. See `chatapp.shapes`."""

from typing_extensions import TypedDict


class BotShape(TypedDict):
    """A bot. `tokens` is how many valid ones it has."""

    username: str
    name: str
    isActive: bool
    createdAt: str
    lastSeen: str | None
    tokens: int


class BotsShape(TypedDict):
    bots: list[BotShape]


class NewBotShape(TypedDict):
    bot: BotShape


class BotTokenShape(TypedDict):
    """A valid token of a bot. `expiresAt` is None for one without an end, `lastUsed` for one that was never used."""

    id: str
    name: str
    createdAt: str
    expiresAt: str | None
    lastUsed: str | None


class BotTokensShape(TypedDict):
    tokens: list[BotTokenShape]


class NewBotTokenShape(TypedDict):
    """A token that was just made: the only answer that has its secret, `token`."""

    id: str
    token: str
    expiresAt: str | None
