"""Previews of links: their pictures, and removing them from one's own message."""

from flask import Blueprint, Response

from chatapp import serializers
from chatapp.actions import link_previews, messages
from chatapp.actions.preview_pictures import picture_of_preview
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.api.profile import PICTURE_HEADERS
from chatapp.errors import Forbidden, MessageDeleted, NotFound
from chatapp.shapes import OneMessageShape

blueprint = Blueprint("link_previews", __name__)


@blueprint.delete("/message/<message_id>/previews")
@operation(
    "Remove the previews of links from one's own message",
    gives=OneMessageShape,
    errors=(NotFound, MessageDeleted, Forbidden),
)
def remove_previews(caller: Caller, message_id: str) -> OneMessageShape:
    journal = current_journal()
    stored = link_previews.remove_previews(journal, caller, message_id)
    return {"message": serializers.message(stored, delivered=messages.is_delivered(journal, stored))}


@blueprint.get("/preview-picture/<picture_hash>")
@operation("The picture of a link's preview, 480 pixels wide or high at most", gives="image/webp", errors=(NotFound,))
def show_preview_picture(caller: Caller, picture_hash: str) -> Response:
    body = picture_of_preview(caller, picture_hash)
    return Response(body, content_type="image/webp", headers=PICTURE_HEADERS)
