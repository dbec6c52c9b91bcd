"""The messages of a conversation that may notify somebody, and whom: by level, mention, answer and block."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from chatapp.extensions import db
from chatapp.mentions import EVERYBODY
from chatapp.models import Blob, Block, Conversation, Mention, Message, MessageFile, User
from chatapp.models.conversation import DIRECT
from chatapp.models.preference import ALL, DEFAULT, NONE

LOOKED_AT = 50
"""The newest messages of a conversation that are counted in a notification."""


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation. `name` is that of the group, also for a thread in it; empty for a private conversation. `last` is
    the sequence of its newest message."""

    conversation_id: int
    is_direct: bool
    is_thread: bool
    name: str
    last: int


def place_of(conversation_id: int) -> Place | None:
    row = db.session.get(Conversation, conversation_id, populate_existing=True)
    if row is None or row.kind not in (DIRECT, "group"):
        return None
    name = row.name
    if row.parent_id is not None:
        name = db.session.scalar(select(Conversation.name).where(Conversation.id == row.parent_id))
    return Place(row.id, row.kind == DIRECT, row.parent_id is not None, name or "", row.last_sequence)


@dataclass(frozen=True, slots=True)
class FirstFile:
    """The first file of a message without a text."""

    name: str
    kind: str
    is_voice: bool


@dataclass(frozen=True, slots=True)
class RecentMessage:
    """A message, the author of the one that it answers, and whom it mentions. `file` stands for a text where there is
    none."""

    sequence: int
    sent_at: datetime
    sender_id: int
    sender_name: str
    content: str
    answered_id: int | None
    mentioned: frozenset[int]
    file: FirstFile | None = None

    def mentions(self, user_id: int) -> bool:
        return user_id in self.mentioned or EVERYBODY in self.mentioned

    def notifies(self, user_id: int, level: str, place: Place) -> bool:
        """Whether it notifies a user who has chosen this level, if it is not their own."""
        if level == ALL or (level == DEFAULT and (place.is_direct or place.is_thread)):
            return True
        return level != NONE and (self.mentions(user_id) or (level == DEFAULT and self.answered_id == user_id))


def recent_messages(place: Place, until: datetime, looked_at: int = LOOKED_AT) -> list[RecentMessage]:
    """Those of the newest messages, of `looked_at`, that were stored until then, oldest first, without deleted ones."""
    first = place.last - looked_at + 1
    query = (
        select(
            Message.sequence,
            Message.created_at,
            Message.sender_id,
            User.first_name,
            User.last_name,
            Message.content,
            Message.reply_to,
        )
        .join(User, User.id == Message.sender_id)
        .where(
            Message.conversation_id == place.conversation_id,
            Message.sequence >= first,
            Message.created_at <= until,
            Message.deleted_at.is_(None),
        )
        .order_by(Message.sequence)
    )
    rows = db.session.execute(query).all()
    answered = _senders(place.conversation_id, {row.reply_to for row in rows if row.reply_to is not None})
    mentioned = _mentioned(place.conversation_id, first)
    files = _first_files(place.conversation_id, {row.sequence for row in rows if not row.content})
    return [
        RecentMessage(
            row.sequence,
            row.created_at,
            row.sender_id,
            f"{row.first_name} {row.last_name}".strip(),
            row.content,
            answered.get(row.reply_to),
            frozenset(mentioned.get(row.sequence, ())),
            files.get(row.sequence),
        )
        for row in rows
    ]


def seconds_to_next(place: Place, until: datetime) -> float | None:
    """How much later than `until` the first message after it was stored; None if there is none."""
    is_later = (Message.conversation_id == place.conversation_id) & (Message.created_at > until)
    is_recent = Message.sequence > place.last - LOOKED_AT
    first = db.session.scalar(select(func.min(Message.created_at)).where(is_later, is_recent))
    return None if first is None else (first - until).total_seconds()


def blocks_among(senders: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of a user and a sender whom the user blocks."""
    query = select(Block.user_id, Block.other_id).where(Block.other_id.in_(senders), Block.is_on)
    return {(row.user_id, row.other_id) for row in db.session.execute(query)}


def _senders(conversation_id: int, sequences: Collection[int]) -> dict[Any, int]:
    if not sequences:
        return {}
    is_answered = (Message.conversation_id == conversation_id) & Message.sequence.in_(sequences)
    query = select(Message.sequence, Message.sender_id).where(is_answered)
    return {row.sequence: row.sender_id for row in db.session.execute(query)}


def _first_files(conversation_id: int, sequences: Collection[int]) -> dict[int, FirstFile]:
    if not sequences:
        return {}
    query = (
        select(MessageFile.sequence, MessageFile.name, Blob.kind, MessageFile.is_voice)
        .join(Blob, Blob.hash == MessageFile.blob_hash)
        .where(
            MessageFile.conversation_id == conversation_id,
            MessageFile.sequence.in_(sequences),
            MessageFile.position == 1,
        )
    )
    return {row.sequence: FirstFile(row.name, row.kind, row.is_voice) for row in db.session.execute(query)}


def _mentioned(conversation_id: int, first: int) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    is_recent = (Mention.conversation_id == conversation_id) & (Mention.sequence >= first)
    for row in db.session.execute(select(Mention.sequence, Mention.user_id).where(is_recent)):
        found.setdefault(row.sequence, set()).add(row.user_id)
    return found
