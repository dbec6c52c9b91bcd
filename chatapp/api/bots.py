"""Administration of bots and their tokens. A bot is closed as any account is: `administration.py`."""

from datetime import timedelta

from flask import Blueprint

from chatapp import bot_serializers as serialize
from chatapp.actions import bots
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.bot_payloads import NewBot, NewBotToken, RenameBot
from chatapp.bot_shapes import BotsShape, BotTokensShape, NewBotShape, NewBotTokenShape
from chatapp.errors import Conflict, Forbidden, InvalidInput, LimitReached, MalformedRequest, NotFound
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import AccountDeactivated, AccountSuspended

blueprint = Blueprint("bots", __name__)

REFUSALS = (Forbidden, NotFound)


@blueprint.get("/admin/bots")
@operation("All bots, by username", gives=BotsShape, errors=(Forbidden,))
def list_bots(caller: Caller) -> BotsShape:
    return {"bots": [serialize.bot(one) for one in bots.list_bots(caller.actor)]}


@blueprint.post("/admin/bots")
@operation("Make a bot", gives=NewBotShape, body=NewBot, errors=(Forbidden, Conflict, InvalidInput, MalformedRequest))
def add_bot(caller: Caller, body: NewBot) -> NewBotShape:
    return {"bot": serialize.bot(bots.add_bot(current_journal(), caller.actor, body.username, body.name))}


@blueprint.patch("/admin/bots/<username>")
@operation(
    "Give a bot another display name",
    gives=SentenceShape,
    body=RenameBot,
    errors=(*REFUSALS, InvalidInput, MalformedRequest),
)
def rename_bot(caller: Caller, username: str, body: RenameBot) -> SentenceShape:
    bots.rename_bot(current_journal(), caller.actor, username, body.name)
    return {"response": "The bot has the new name."}


@blueprint.get("/admin/bots/<username>/tokens")
@operation("The valid tokens of a bot, the newest first", gives=BotTokensShape, errors=REFUSALS)
def list_bot_tokens(caller: Caller, username: str) -> BotTokensShape:
    return {"tokens": [serialize.token(one) for one in bots.list_tokens(caller.actor, username)]}


@blueprint.post("/admin/bots/<username>/tokens")
@operation(
    "Make a token of a bot",
    gives=NewBotTokenShape,
    body=NewBotToken,
    errors=(*REFUSALS, AccountDeactivated, AccountSuspended, LimitReached, InvalidInput, MalformedRequest),
)
def add_bot_token(caller: Caller, username: str, body: NewBotToken) -> NewBotTokenShape:
    lasts = None if body.days is None else timedelta(days=body.days)
    return serialize.new_token(bots.add_token(current_journal(), caller.actor, username, body.name, lasts))


@blueprint.delete("/admin/bots/<username>/tokens/<token_id>")
@operation("Revoke a token of a bot: its connections close", gives=SentenceShape, errors=REFUSALS)
def revoke_bot_token(caller: Caller, username: str, token_id: str) -> SentenceShape:
    bots.revoke_token(current_journal(), caller.actor, username, token_id)
    return {"response": "The token is revoked."}
