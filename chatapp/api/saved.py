"""Messages that the caller has saved for themselves."""

from flask import Blueprint

from chatapp import personal_serializers, saved_serializers
from chatapp.actions import saved_messages
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, LimitReached, MalformedRequest, MessageDeleted, NotFound
from chatapp.personal_payloads import SavedFlag, SavedQuery
from chatapp.personal_shapes import OneSavedShape
from chatapp.saved_shapes import SavedMessagesShape

blueprint = Blueprint("saved", __name__)


@blueprint.put("/message/<message_id>/saved")
@operation(
    "Save a message for oneself, or remove it from the saved ones",
    gives=OneSavedShape,
    body=SavedFlag,
    errors=(NotFound, MessageDeleted, LimitReached, InvalidInput, MalformedRequest),
)
def save(caller: Caller, message_id: str, body: SavedFlag) -> OneSavedShape:
    own = saved_messages.save_message(current_journal(), caller, message_id, is_on=body.on)
    return {"saved": personal_serializers.saved(own)}


@blueprint.get("/saved")
@operation(
    "The messages that the caller has saved and may see, the last saved first",
    gives=SavedMessagesShape,
    query=SavedQuery,
    errors=(InvalidInput,),
)
def saved(caller: Caller, query: SavedQuery) -> SavedMessagesShape:
    page = saved_messages.saved_messages(current_journal(), caller, query)
    return saved_serializers.saved_page(page, query.limit)
