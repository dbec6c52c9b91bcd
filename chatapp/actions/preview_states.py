"""Reads the previews of links that messages show. Most pages of history have none, and pay for none."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from chatapp.journal.message_state import MessageState, PreviewPicture, ShownPreview
from chatapp.models.tables import LINK_PICTURES, LINK_PREVIEWS, MESSAGE_PREVIEWS
from chatapp.prepared_statements import tuples

SHOWN = (
    select(
        MESSAGE_PREVIEWS.c.sequence,
        LINK_PREVIEWS.c.url,
        LINK_PREVIEWS.c.title,
        LINK_PREVIEWS.c.description,
        LINK_PREVIEWS.c.site_name,
        LINK_PICTURES.c.hash,
        LINK_PICTURES.c.width,
        LINK_PICTURES.c.height,
    )
    .select_from(
        MESSAGE_PREVIEWS.join(LINK_PREVIEWS, LINK_PREVIEWS.c.id == MESSAGE_PREVIEWS.c.preview_id).outerjoin(
            LINK_PICTURES, LINK_PICTURES.c.hash == LINK_PREVIEWS.c.picture
        )
    )
    .where(
        MESSAGE_PREVIEWS.c.conversation_id == bindparam("conversation_id"),
        MESSAGE_PREVIEWS.c.sequence >= bindparam("first"),
        MESSAGE_PREVIEWS.c.sequence <= bindparam("last"),
    )
    .order_by(MESSAGE_PREVIEWS.c.sequence, MESSAGE_PREVIEWS.c.position)
)


def add_previews(states: Mapping[int, MessageState], conversation_id: int, first: int, last: int) -> None:
    """Adds the previews to the states of the messages from `first` to `last`."""
    rows = tuples(SHOWN, conversation_id=conversation_id, first=first, last=last)
    for sequence, url, title, description, site_name, picture_hash, width, height in rows:
        picture = None if picture_hash is None else PreviewPicture(picture_hash, width, height)
        states[sequence].previews.append(ShownPreview(url, title, description, site_name, picture))
