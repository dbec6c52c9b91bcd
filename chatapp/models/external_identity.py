"""Who a user is at a provider of sign-in, or in the directory."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

DIRECTORY = "ldap"
"""The issuer of identities of the directory. There is one at most, and its address may change."""


class ExternalIdentity(Base):
    """A provider promises that `subject` is one person for good, at one `issuer` (OpenID Connect Core section 5.7). Of
    the directory it is what `ldap/entry.py: Entry.subject` says.

    `email` is the verified address that the person had there at the first sign-in; null where there was none.
    """

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(1000))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(Instant)
