"""The pictures of previews: who may see them, and when a preview that nothing shows is forgotten."""

from sqlalchemy import bindparam, delete, exists, or_, select
from sqlalchemy.orm import Session

from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.journal import Journal, Transaction
from chatapp.models import LinkPicture, LinkPreview, MessagePreview
from chatapp.models.tables import CONVERSATIONS, LINK_PICTURES, LINK_PREVIEWS, MEMBERSHIPS, MESSAGE_PREVIEWS
from chatapp.prepared_statements import row_or_none

FORGOTTEN_AT_ONCE = 500
"""Rows that one transaction deletes. Limits how long other writers wait."""

# A thread is read by all who see the message that it begins with.
_PARENT = CONVERSATIONS.alias()
VISIBLE = (
    select(LINK_PICTURES.c.body)
    .select_from(
        LINK_PICTURES.join(LINK_PREVIEWS, LINK_PREVIEWS.c.picture == LINK_PICTURES.c.hash)
        .join(MESSAGE_PREVIEWS, MESSAGE_PREVIEWS.c.preview_id == LINK_PREVIEWS.c.id)
        .join(CONVERSATIONS, CONVERSATIONS.c.id == MESSAGE_PREVIEWS.c.conversation_id)
        .outerjoin(_PARENT, _PARENT.c.id == CONVERSATIONS.c.parent_id)
        .join(MEMBERSHIPS, MEMBERSHIPS.c.user_id == bindparam("user_id"))
    )
    .where(
        LINK_PICTURES.c.hash == bindparam("hash"),
        or_(
            (CONVERSATIONS.c.parent_id.is_(None))
            & (MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
            & (CONVERSATIONS.c.shares_history | (MESSAGE_PREVIEWS.c.sequence > MEMBERSHIPS.c.joined_sequence)),
            (MEMBERSHIPS.c.conversation_id == _PARENT.c.id)
            & (_PARENT.c.shares_history | (CONVERSATIONS.c.root_sequence > MEMBERSHIPS.c.joined_sequence)),
        ),
    )
    .limit(1)
)


def picture_of_preview(caller: Caller, picture_hash: str) -> bytes:
    """The picture of a preview under a message that the caller may see, as a WebP. Raises NotFound."""
    row = row_or_none(VISIBLE, hash=picture_hash, user_id=caller.user_id)
    if row is None:
        raise NotFound("There is no such picture.")
    return bytes(row.body)


def forget_unused(journal: Journal) -> bool:
    """Deletes previews that are too old for new messages and that no message shows, and pictures of no preview.

    Returns whether there may be more.
    """

    def job(transaction: Transaction) -> bool:
        previews = _delete_previews(transaction.session)
        pictures = _delete_pictures(transaction.session)
        return FORGOTTEN_AT_ONCE in (previews, pictures)

    return journal.write(job, durable=False)


def _delete_previews(session: Session) -> int:
    is_shown = exists().where(MessagePreview.preview_id == LinkPreview.id)
    query = select(LinkPreview.id).where(LinkPreview.expires_at <= now(), ~is_shown).limit(FORGOTTEN_AT_ONCE)
    found = session.scalars(query).all()
    session.execute(delete(LinkPreview).where(LinkPreview.id.in_(found)))
    return len(found)


def _delete_pictures(session: Session) -> int:
    is_used = exists().where(LinkPreview.picture == LinkPicture.hash)
    found = session.scalars(select(LinkPicture.hash).where(~is_used).limit(FORGOTTEN_AT_ONCE)).all()
    session.execute(delete(LinkPicture).where(LinkPicture.hash.in_(found)))
    return len(found)
