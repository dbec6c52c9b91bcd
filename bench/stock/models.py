"""The tables, in Flask-SQLAlchemy."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine

db = SQLAlchemy()


@event.listens_for(Engine, "connect")
def set_pragmas(connection: Any, _record: object) -> None:
    """Sets the durability that every server of this benchmark promises."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def identifier() -> str:
    """Returns an opaque id for a message or a conversation."""
    return str(uuid.uuid4())


def now() -> str:
    """Returns the current time as ISO 8601 UTC."""
    return datetime.now(UTC).isoformat()


class User(db.Model):  # type: ignore[name-defined, misc]
    """A user account."""

    username = db.Column(db.String, primary_key=True)
    first_name = db.Column(db.String, nullable=False)
    last_name = db.Column(db.String, nullable=False)


class Conversation(db.Model):  # type: ignore[name-defined, misc]
    """A group or a direct conversation. `last_sequence` numbers its messages without gaps."""

    id = db.Column(db.String, primary_key=True, default=identifier)
    name = db.Column(db.String)
    is_group = db.Column(db.Boolean, nullable=False)
    created_at = db.Column(db.String, nullable=False, default=now)
    last_sequence = db.Column(db.Integer, nullable=False, default=0)
    memberships = db.relationship("Membership", lazy="select")


class Membership(db.Model):  # type: ignore[name-defined, misc]
    """A user in a conversation, with the highest sequence that the user has been delivered."""

    conversation_id = db.Column(db.ForeignKey(Conversation.id), primary_key=True)
    username = db.Column(db.ForeignKey(User.username), primary_key=True, index=True)
    delivered = db.Column(db.Integer, nullable=False, default=0)


class Message(db.Model):  # type: ignore[name-defined, misc]
    """One message of a conversation."""

    conversation_id = db.Column(db.ForeignKey(Conversation.id), primary_key=True)
    sequence = db.Column(db.Integer, primary_key=True)
    id = db.Column(db.String, nullable=False, default=identifier)
    sender = db.Column(db.String, nullable=False)
    receiver = db.Column(db.String, nullable=False)
    content = db.Column(db.String, nullable=False)
    timestamp = db.Column(db.String, nullable=False, default=now)
    is_delivered_to_all = db.Column(db.Boolean, nullable=False, default=False)

    def to_wire(self) -> dict[str, Any]:
        """Returns the message in its wire format."""
        return {
            "sender": self.sender,
            "receiver": self.receiver,
            "content": self.content,
            "timestamp": self.timestamp,
            "deliveredToAll": self.is_delivered_to_all,
            "messageId": self.id,
            "sequence": self.sequence,
            "clientId": None,
        }
