"""A conversation: direct (between two users, or of a user with themselves) or a group."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, ZERO, Base, Id, Instant

DIRECT = "direct"
GROUP = "group"
DELETED = "deleted"
"""A deleted group. It has no members and no messages."""

EVERYBODY = "everybody"
ADMINS = "admins"
"""Who may do something in a group, as one of its settings says: all members, or its admins and owners."""

LARGEST_ID = 2**63 - 1

HAS_CLIENT_ID = text("client_id IS NOT NULL")


class Conversation(Base):
    """`last_sequence` is the sequence of the newest message, `revision` the number of the newest change of any kind.

    A message takes the next sequence and the next revision in the transaction that stores it. Any other change takes
    the next revision. `state_revision` is the newest revision that is not a message: a client that has it needs
    messages only. `details_revision` is the newest change of the details: `name`, `topic`, `description`, the settings,
    and `erased_sequence`. `shares_history` says whether members see messages from before they joined, `is_public`
    whether every user finds and may join the group; `writers` and `pinners` are EVERYBODY or ADMINS. `search_name` is
    the name as the directory of public groups compares it; empty for a group that never was public. `client_id`, unique
    for each creator, makes the creation of a group idempotent. `is_blocked`: of the two people in a direct conversation
    one blocks the other, and it takes no messages. `retention_days` is how long the group keeps its messages, 0 for as
    long as the system does. The messages up to `erased_sequence` have no rows any more.

    A thread is a group with a `parent_id`: the conversation of its root message, whose sequence is `root_sequence`. Its
    memberships are its followers. It has no name and no roles.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("(kind = 'direct') = (direct_key IS NOT NULL)", name="direct_has_key"),
        Index(
            "uq_conversation_created_by_client_id",
            "created_by",
            "client_id",
            unique=True,
            sqlite_where=HAS_CLIENT_ID,
            postgresql_where=HAS_CLIENT_ID,
        ),
        Index(
            "ix_conversation_search_name_id",
            "search_name",
            "id",
            sqlite_where=text("is_public = 1"),
            postgresql_where=text("is_public"),
        ),
        Index("uq_conversation_parent_id_root_sequence", "parent_id", "root_sequence", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(100))
    direct_key: Mapped[str | None] = mapped_column(String(129), unique=True)
    created_by: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    client_id: Mapped[str | None] = mapped_column(String(36))
    shares_history: Mapped[bool] = mapped_column(default=True, server_default=true())
    last_sequence: Mapped[int] = mapped_column(Id, default=0)
    last_message_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    state_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    details_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    writers: Mapped[str] = mapped_column(String(10), default=EVERYBODY, server_default=EVERYBODY)
    is_blocked: Mapped[bool] = mapped_column(default=False, server_default=false())
    pinners: Mapped[str] = mapped_column(String(10), default=EVERYBODY, server_default=EVERYBODY)
    topic: Mapped[str] = mapped_column(Text, default="", server_default=NOTHING)
    search_name: Mapped[str] = mapped_column(Text, default="", server_default=NOTHING)
    description: Mapped[str] = mapped_column(Text, default="", server_default=NOTHING)
    retention_days: Mapped[int] = mapped_column(default=0, server_default=ZERO)
    erased_sequence: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    parent_id: Mapped[int | None] = mapped_column(Id)
    root_sequence: Mapped[int | None] = mapped_column(Id)


def direct_key(first: str, second: str) -> str:
    """The key of two usernames in either order. Usernames contain no space, so two pairs never share a key."""
    return " ".join(sorted((first, second)))


def other_of(key: str, username: str) -> str:
    """The other username of a direct key; `username` itself for a conversation with oneself."""
    first, second = key.split(" ")
    return second if first == username else first


def parse_conversation_id(text: str) -> int | None:
    """A conversation id from the wire; None for text that is no id.

    Only the canonical form is accepted: with a second form, such as `07` for 7, a message would carry a receiver that
    no client knows.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or text != str(int(text)):
        return None
    conversation_id = int(text)
    return conversation_id if conversation_id <= LARGEST_ID else None


def parse_message_id(text: str) -> tuple[int, int] | None:
    """The conversation id and the sequence of `<conversation id>-<sequence>`; None for any other text."""
    numbers = [parse_conversation_id(part) for part in text.split("-")]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0], numbers[1]
