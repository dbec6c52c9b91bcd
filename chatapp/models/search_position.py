"""How far a conversation is in the index of the search."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id


class SearchPosition(Base):
    """All changes of the conversation up to `revision` are in the index. A table of its own, so that indexing does not
    lock or rewrite the row of a busy conversation. The index itself has no model, since each database has its own
    kind: see migrations/versions/0007_search.py."""

    __tablename__ = "search_position"

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Id)
