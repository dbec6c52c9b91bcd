"""The rows about one person alone, for their export. Nothing in them signs anybody in."""

from typing import Any

from sqlalchemy import select

from chatapp.clock import to_iso
from chatapp.extensions import db
from chatapp.models import EmailVerification, ExternalIdentity, Passkey, Picture, SecondFactor, Session, User


def profile_of(user_id: int) -> dict[str, Any]:
    """Who they are, and what they show of themselves."""
    user = db.session.get_one(User, user_id)
    waiting = select(EmailVerification.email).where(EmailVerification.user_id == user_id)
    return {
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
        "emailToConfirm": db.session.scalar(waiting),
        "mailLanguage": user.mail_language,
        "role": user.role,
        "statusText": user.status_text,
        "timeZone": user.time_zone,
        "hasPassword": user.password_hash is not None,
        "createdAt": to_iso(user.created_at),
        "lastSeenAt": to_iso(user.last_seen_at) if user.last_seen_at is not None else None,
    }


def picture_of(user_id: int) -> bytes | None:
    body: bytes | None = db.session.scalar(select(Picture.body).where(Picture.user_id == user_id))
    return body


def sessions_of(user_id: int) -> list[dict[str, Any]]:
    """All sessions that are still stored, without their ids, which are in tokens."""
    query = select(Session).where(Session.user_id == user_id).order_by(Session.created_at)
    return [
        {
            "method": one.method,
            "device": one.device,
            "address": one.address,
            "createdAt": to_iso(one.created_at),
            "lastUsedAt": to_iso(one.last_used_at) if one.last_used_at is not None else None,
            "expiresAt": to_iso(one.expires_at),
            "endedAt": to_iso(one.revoked_at) if one.revoked_at is not None else None,
        }
        for one in db.session.scalars(query)
    ]


def passkeys_of(user_id: int) -> list[dict[str, Any]]:
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return [
        {
            "name": one.name,
            "createdAt": to_iso(one.created_at),
            "lastUsedAt": to_iso(one.last_used_at) if one.last_used_at is not None else None,
        }
        for one in db.session.scalars(query)
    ]


def identities_of(user_id: int) -> list[dict[str, Any]]:
    query = select(ExternalIdentity).where(ExternalIdentity.user_id == user_id).order_by(ExternalIdentity.id)
    return [
        {"issuer": one.issuer, "subject": one.subject, "email": one.email, "createdAt": to_iso(one.created_at)}
        for one in db.session.scalars(query)
    ]


def security_of(user_id: int) -> dict[str, Any]:
    since = db.session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id))
    return {"secondFactorSince": to_iso(since) if since is not None else None}
