"""Previews of links, as pages describe themselves, and which messages show them."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class LinkPicture(Base):
    """The picture of a preview, a WebP of this width and height in pixels, found by the hash of its bytes."""

    __tablename__ = "link_picture"

    hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class LinkPreview(Base):
    """What a page said of itself when it was fetched. Without a title it had nothing to say.

    `url` is the address as it is in messages, `url_hash` SHA-256 of it. The row never changes but for `expires_at`,
    until when it serves for new messages: a page that says something else has a new row, so that messages which show
    this one go on showing it.
    """

    __tablename__ = "link_preview"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    url_hash: Mapped[str] = mapped_column(String(64), index=True)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    site_name: Mapped[str] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(String(32), ForeignKey("link_picture.hash"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class MessagePreview(Base):
    """A preview that a message shows. `position` counts from 0, in the order of the links."""

    __tablename__ = "message_preview"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    preview_id: Mapped[int] = mapped_column(Id, ForeignKey("link_preview.id"), index=True)
