"""The audit log: who did what of note, when, and from where."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from chatapp.clock import now
from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.models import AuditEvent
from chatapp.models.user import ADMINISTRATOR, MEMBER

KINDS = frozenset(
    {
        "account_added",
        "account_banned",
        "account_deactivated",
        "account_reactivated",
        "account_removed",
        "audit_exported",
        "data_exported",
        "account_suspended",
        "email_changed",
        "group_deleted",
        "identity_linked",
        "installation_changed",
        "invitation_added",
        "invitation_revoked",
        "joined",
        "member_added",
        "member_removed",
        "member_role_changed",
        "owner_appointed",
        "message_deleted",
        "message_removed",
        "message_reported",
        "passkey_added",
        "passkey_copied",
        "passkey_removed",
        "name_changed",
        "password_changed",
        "password_reset",
        "password_reset_added",
        "password_reset_mailed",
        "recovery_codes_replaced",
        "second_factor_off",
        "second_factor_on",
        "second_factor_reset",
        "report_dismissed",
        "retention_changed",
        "report_opened",
        "reported_file_read",
        "role_changed",
        "set_up",
        "session_ended",
        "sign_in",
        "sign_in_failed",
        "sign_out",
        "suspension_lifted",
        "token_added",
        "token_revoked",
        "username_changed",
    }
)
"""What is recorded. docs/operations.md explains each."""

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from which address, and with which role in the whole system."""

    user_id: int | None = None
    username: str = ""
    address: str = ""
    role: str = MEMBER


OPERATOR = Actor(role=ADMINISTRATOR)
"""Whoever uses the command line."""


def record(transaction: Transaction, kind: str, actor: Actor, target: str = "", **details: Any) -> None:
    """Adds a line, in the transaction of what it tells of. `details` must be JSON, and hold no secret and no text of a
    message."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of audit event: {kind}")
    transaction.session.add(
        AuditEvent(
            at=now(),
            kind=kind,
            actor_id=actor.user_id,
            actor=actor.username,
            target=target[:100],
            address=actor.address[:64],
            details=json.dumps(details, ensure_ascii=False),
        )
    )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the log as it is shown."""

    id: int
    at: datetime
    kind: str
    actor: str
    target: str
    address: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of this kind, by or about the user of this name, from `since` on and before `until`."""

    kind: str | None = None
    username: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ALL = Wanted()


def lines_after(line_id: int, wanted: Wanted = ALL) -> Iterator[AuditLine]:
    """The wanted lines that follow this one, oldest first, read in pages."""
    return _in_pages(_lines(wanted), line_id)


def lines_by(user_id: int) -> Iterator[AuditLine]:
    """What a user did, oldest first, read in pages."""
    return _in_pages(select(AuditEvent).where(AuditEvent.actor_id == user_id), 0)


def _in_pages(wanted: Select[AuditEvent], line_id: int) -> Iterator[AuditLine]:
    while True:
        query = wanted.where(AuditEvent.id > line_id).order_by(AuditEvent.id).limit(PAGE)
        found = [_line_of(row) for row in db.session.scalars(query)]
        db.session.remove()
        yield from found
        if len(found) < PAGE:
            return
        line_id = found[-1].id


def lines_before(line_id: int | None, wanted: Wanted, limit: int) -> list[AuditLine]:
    """The newest of the wanted lines before this one, or of all, the newest first."""
    query = _lines(wanted).order_by(AuditEvent.id.desc()).limit(limit)
    if line_id is not None:
        query = query.where(AuditEvent.id < line_id)
    return [_line_of(row) for row in db.session.scalars(query)]


def _lines(wanted: Wanted) -> Select[AuditEvent]:
    query = select(AuditEvent)
    if wanted.kind is not None:
        query = query.where(AuditEvent.kind == wanted.kind)
    if wanted.username is not None:
        query = query.where(or_(AuditEvent.actor == wanted.username, AuditEvent.target == wanted.username))
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    return query


def _line_of(row: AuditEvent) -> AuditLine:
    return AuditLine(row.id, row.at, row.kind, row.actor, row.target, row.address, json.loads(row.details))
