"""Files: what is stored, what is being uploaded, and which message has which file."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, Base, Id, Instant
from chatapp.models.conversation import parse_message_id

HASH_CHARACTERS = 64
"""SHA-256 in hexadecimal."""

POSITION_DIGITS = 3
"""More than the position of any file has."""

IS_RELEASED = text("released_at IS NOT NULL")


class Blob(Base):
    """Stored bytes, found by their hash, and what was read from them. Their previews are stored beside them.

    `previews` has the sizes of the previews, such as `320x240 960x720`. `placeholder` is a ThumbHash in base64.
    `released_at` is when a message or an upload last let go of the bytes; they are deleted then if nothing else has
    them. While `is_deleting`, the bytes are being deleted, and nothing may begin to use them.
    """

    __tablename__ = "blob"
    __table_args__ = (
        Index("ix_blob_released_at", "released_at", sqlite_where=IS_RELEASED, postgresql_where=IS_RELEASED),
    )

    hash: Mapped[str] = mapped_column(String(HASH_CHARACTERS), primary_key=True)
    size: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    content_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    placeholder: Mapped[str | None] = mapped_column(String(40))
    previews: Mapped[str] = mapped_column(String(60), server_default=NOTHING)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    is_deleting: Mapped[bool] = mapped_column(default=False)


class Upload(Base):
    """A file on its way to a message. `size` is what was announced; how much has arrived, the partial file says.

    `scheduled_as` is the client id of its owner's scheduled message that has it; such an upload does not expire.
    `blob_hash` is there from the moment at which the processed file is being stored, so that nobody deletes its bytes;
    `is_ready` when it is stored. `refusal` is the code of the error for which the file was refused. The row is gone
    when a message has the file.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_user_id", "user_id"), Index("ix_upload_expires_at", "expires_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    size: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    blob_hash: Mapped[str | None] = mapped_column(ForeignKey("blob.hash"), index=True)
    is_ready: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None] = mapped_column(String(40))
    scheduled_as: Mapped[str | None] = mapped_column(String(36))


class MessageFile(Base):
    """A file of a message, `position` counting from 1. `size` repeats the blob's, to add up what a person has sent.

    `width` and `height` are what the sender says of a video, `milliseconds` its length, and `waveform` has the loudness
    of a voice message, values from 0 to 100 separated by spaces.
    """

    __tablename__ = "message_file"
    __table_args__ = (
        Index("ix_message_file_blob_hash", "blob_hash"),
        Index("ix_message_file_sender_id_size", "sender_id", "size"),
        {"sqlite_with_rowid": False},
    )

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blob_hash: Mapped[str] = mapped_column(ForeignKey("blob.hash"))
    sender_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    size: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text)
    alt: Mapped[str] = mapped_column(Text, server_default=NOTHING)
    width: Mapped[int | None]
    height: Mapped[int | None]
    milliseconds: Mapped[int | None] = mapped_column(Id)
    waveform: Mapped[str] = mapped_column(Text, server_default=NOTHING)
    is_voice: Mapped[bool] = mapped_column(default=False)


def parse_file_id(text: str) -> tuple[int, int, int] | None:
    """The conversation id, the sequence and the position of `<message id>-<position>`; None for any other text."""
    message_id, _, position = text.rpartition("-")
    place = parse_message_id(message_id)
    if place is None or not (position.isascii() and position.isdigit() and len(position) <= POSITION_DIGITS):
        return None
    return *place, int(position)
