"""What concerns the caller alone: settings, preferences for a conversation, and who has read their messages."""

from flask import Blueprint

from chatapp import personal_serializers
from chatapp.actions import blocks, message_receipts, own_settings, preferences, unsent_drafts
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import DraftChanged, Forbidden, InvalidInput, MalformedRequest, NotAMember, NotFound
from chatapp.personal_payloads import ChangeSettings, ConversationPreferences, ReceiptsQuery, SaveDraft, SetBlock
from chatapp.personal_shapes import (
    BlocksShape,
    OneBlockShape,
    OneDraftShape,
    OnePreferencesShape,
    OneSettingsShape,
    ReceiptsShape,
)

blueprint = Blueprint("personal", __name__)


@blueprint.patch("/preferences")
@operation(
    "Mute a conversation, or mark it as unread from a message on",
    gives=OnePreferencesShape,
    body=ConversationPreferences,
    errors=(NotFound, NotAMember, InvalidInput, MalformedRequest),
)
def set_preferences(caller: Caller, body: ConversationPreferences) -> OnePreferencesShape:
    return {
        "preferences": personal_serializers.preferences(preferences.set_preferences(current_journal(), caller, body))
    }


@blueprint.put("/block/<username>")
@operation(
    "Block another user, or end that",
    gives=OneBlockShape,
    body=SetBlock,
    errors=(NotFound, InvalidInput, MalformedRequest),
)
def set_block(caller: Caller, username: str, body: SetBlock) -> OneBlockShape:
    return {"block": personal_serializers.block(blocks.set_block(current_journal(), caller, username, is_on=body.on))}


@blueprint.get("/blocks")
@operation("Whom the caller blocks", gives=BlocksShape)
def list_blocks(caller: Caller) -> BlocksShape:
    return {"blocks": [personal_serializers.block(one) for one in blocks.own_blocks(caller.user_id)]}


@blueprint.put("/draft")
@operation(
    "Keep what the caller has typed and not sent; nothing deletes it",
    gives=OneDraftShape,
    body=SaveDraft,
    errors=(NotFound, NotAMember, DraftChanged, InvalidInput, MalformedRequest),
)
def save_draft(caller: Caller, body: SaveDraft) -> OneDraftShape:
    return {"draft": personal_serializers.draft(unsent_drafts.save_draft(current_journal(), caller, body))}


@blueprint.get("/settings")
@operation("The caller's settings", gives=OneSettingsShape)
def show_settings(caller: Caller) -> OneSettingsShape:
    return {"settings": personal_serializers.settings(own_settings.settings_of(caller.user_id))}


@blueprint.patch("/settings")
@operation(
    "Change the caller's settings",
    gives=OneSettingsShape,
    body=ChangeSettings,
    errors=(InvalidInput, MalformedRequest),
)
def change_settings(caller: Caller, body: ChangeSettings) -> OneSettingsShape:
    changed = own_settings.change_settings(current_journal(), caller.user_id, body)
    return {"settings": personal_serializers.settings(changed)}


@blueprint.get("/receipts")
@operation(
    "Who has received and read a message of the caller's, and when",
    gives=ReceiptsShape,
    query=ReceiptsQuery,
    errors=(NotFound, NotAMember, Forbidden, InvalidInput),
)
def show_receipts(caller: Caller, query: ReceiptsQuery) -> ReceiptsShape:
    found = message_receipts.receipts_of(current_journal(), caller, query)
    return {"receipts": [personal_serializers.receipt(receipt) for receipt in found]}
