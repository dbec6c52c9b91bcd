"""Where a signed-in browser takes notifications, which of them it may still show, and what was notified of."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

ENDPOINT_CHARACTERS = 1_000
PAGE_CHARACTERS = 255
LANGUAGE_CHARACTERS = 16


class PushSubscription(Base):
    """The subscription of a browser at its push service (RFC 8030), one for each session, with which it ends.

    `endpoint` is where the push service takes messages for the browser. `client_key` and `client_secret` are what they
    are encrypted with (RFC 8291: `p256dh` and `auth`), in base64url. `page` is the origin of the page that has
    subscribed, `language` its language. `succeeded_at` and `failed_at` say when the push service last took a message,
    and when it last did not: at most `actions/push_subscriptions.py: NOTED_EVERY` too early.
    """

    __tablename__ = "push_subscription"

    session_id: Mapped[str] = mapped_column(String(36), ForeignKey("session.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(ENDPOINT_CHARACTERS), unique=True)
    client_key: Mapped[str] = mapped_column(String(88))
    client_secret: Mapped[str] = mapped_column(String(24))
    page: Mapped[str] = mapped_column(String(PAGE_CHARACTERS))
    language: Mapped[str] = mapped_column(String(LANGUAGE_CHARACTERS))
    created_at: Mapped[datetime] = mapped_column(Instant)
    succeeded_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)


class ShownNotification(Base):
    """A user was sent a notification of a conversation and has not read the conversation to its end since: their
    browsers may show the notification still."""

    __tablename__ = "shown_notification"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True, index=True)


class PushPosition(Base):
    """The members of a conversation were notified of its messages up to `sequence`, as far as those concern them."""

    __tablename__ = "push_position"

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id)
