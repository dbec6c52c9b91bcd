"""Serializers of the routes of administration, and the forms in which the audit log is exported."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from chatapp.actions.administered import AdministeredGroup, AdministeredPerson
from chatapp.actions.audit import AuditLine
from chatapp.actions.invites import ListedInvite
from chatapp.administration_shapes import AccountShape, AdministeredGroupShape, AuditLineShape, InvitationShape
from chatapp.clock import to_iso
from chatapp.report_serializers import suspension

COLUMNS = ("id", "at", "kind", "actor", "target", "address", "details")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula. Anybody can enter one as a username."""


def account(one: AdministeredPerson) -> AccountShape:
    return {
        "username": one.username,
        "firstName": one.first_name,
        "lastName": one.last_name,
        "role": one.role,
        "isActive": one.is_active,
        "createdAt": to_iso(one.created_at),
        "lastSeen": to_iso(one.last_seen_at) if one.last_seen_at is not None else None,
        "sessions": one.sessions,
        "suspension": suspension(one.suspension),
    }


def invitation(one: ListedInvite) -> InvitationShape:
    return {
        "id": one.id,
        "uses": one.uses,
        "usesAllowed": one.uses_allowed,
        "expiresAt": to_iso(one.expires_at),
        "isValid": one.is_valid,
        "role": one.role,
        "groups": one.groups,
    }


def administered_group(one: AdministeredGroup) -> AdministeredGroupShape:
    return {
        "groupId": str(one.conversation_id),
        "groupName": one.name,
        "isPublic": one.is_public,
        "createdAt": to_iso(one.created_at),
        "memberCount": one.member_count,
        "owners": one.owners,
    }


def audit_line(line: AuditLine) -> AuditLineShape:
    return {
        "id": line.id,
        "at": to_iso(line.at),
        "kind": line.kind,
        "actor": line.actor,
        "target": line.target,
        "address": line.address,
        "details": line.details,
    }


def audit_as_json_lines(lines: Iterable[AuditLine]) -> Iterator[str]:
    """A JSON object a line."""
    for line in lines:
        yield json.dumps(audit_line(line), ensure_ascii=False) + "\n"


def audit_as_csv(lines: Iterable[AuditLine]) -> Iterator[str]:
    """RFC 4180, with a heading. No cell is a formula."""
    yield _csv_row(COLUMNS)
    for line in lines:
        row = [str(line.id), to_iso(line.at), line.kind, line.actor, line.target, line.address]
        yield _csv_row([*map(_not_a_formula, row), json.dumps(line.details, ensure_ascii=False)])


def _csv_row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _not_a_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
