"""Administration: people, invitations, groups, the audit log and the limits. The actions refuse whoever may not."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from flask import Blueprint, Response, stream_with_context

from chatapp import administration_serializers as serialize
from chatapp import group_serializers
from chatapp.account_shapes import EndedSessionsShape
from chatapp.actions import (
    administered,
    administration,
    audit,
    installation_settings,
    invites,
    password_resets,
    retention_preview,
    username_changes,
)
from chatapp.actions.data_exports import record_audit_export
from chatapp.actions.limits import shown_limits
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import CHANGE_INSTALLATION, SEE_AUDIT_LOG, SEE_LIMITS, require
from chatapp.administration_payloads import (
    AuditFilter,
    AuditQuery,
    GroupsQuery,
    InstallationChange,
    NewInvitation,
    NewOwner,
    PeopleQuery,
    PersonChange,
)
from chatapp.administration_shapes import (
    AccountsShape,
    AdministeredGroupsShape,
    AuditLinesShape,
    InvitationsShape,
    LimitsShape,
    NewInvitationShape,
    ResetShape,
)
from chatapp.api.current import current_journal, current_settings
from chatapp.api.operation import operation
from chatapp.clock import to_iso
from chatapp.errors import (
    Forbidden,
    HasOwner,
    InvalidInput,
    JoiningFixed,
    LastAdministrator,
    LimitReached,
    MalformedRequest,
    NotFound,
)
from chatapp.group_payloads import RetentionQuery
from chatapp.installation_shapes import InstallationShape, RetentionPreviewShape
from chatapp.qr_codes import qr_code
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import ManagedElsewhere, NameTaken

blueprint = Blueprint("administration", __name__)

REFUSALS = (Forbidden, NotFound)
BODY_REFUSALS = (*REFUSALS, InvalidInput, MalformedRequest)


@blueprint.get("/admin/people")
@operation("Accounts, by username", gives=AccountsShape, query=PeopleQuery, errors=(Forbidden, InvalidInput))
def list_people(caller: Caller, query: PeopleQuery) -> AccountsShape:
    found = administered.list_accounts_page(caller.actor, query.search, query.after, query.limit)
    return {"people": [serialize.account(one) for one in found]}


@blueprint.patch("/admin/people/<username>")
@operation(
    "Give somebody another role or username, or close or open their account",
    gives=SentenceShape,
    body=PersonChange,
    errors=(*BODY_REFUSALS, LastAdministrator, ManagedElsewhere, NameTaken),
)
def change_person(caller: Caller, username: str, body: PersonChange) -> SentenceShape:
    if body.role is not None:
        administration.set_role(current_journal(), caller.actor, username, body.role)
    if body.is_active is not None:
        act = administration.reactivate if body.is_active else administration.deactivate
        act(current_journal(), caller.actor, username)
    if body.username is not None:
        username_changes.change_username(current_journal(), caller.actor, username, body.username)
    return {"response": "The account is changed."}


@blueprint.delete("/admin/people/<username>/sessions")
@operation("End all sessions of somebody", gives=EndedSessionsShape, errors=REFUSALS)
def end_sessions(caller: Caller, username: str) -> EndedSessionsShape:
    return {"ended": administration.end_sessions_of(current_journal(), caller.actor, username)}


@blueprint.post("/admin/people/<username>/reset")
@operation(
    "Make a link by which somebody chooses a new password", gives=ResetShape, errors=(*REFUSALS, ManagedElsewhere)
)
def add_reset(caller: Caller, username: str) -> ResetShape:
    made = password_resets.add_reset(current_journal(), caller.actor, username)
    return {"secret": made.secret, "expiresAt": to_iso(made.expires_at)}


@blueprint.get("/admin/invitations")
@operation("All invitations, the newest first", gives=InvitationsShape, errors=(Forbidden,))
def list_invitations(caller: Caller) -> InvitationsShape:
    return {"invitations": [serialize.invitation(one) for one in invites.list_invites(caller.actor)]}


@blueprint.post("/admin/invitations")
@operation(
    "Make an invitation",
    gives=NewInvitationShape,
    body=NewInvitation,
    errors=BODY_REFUSALS,
)
def add_invitation(caller: Caller, body: NewInvitation) -> NewInvitationShape:
    made = invites.add_invite(current_journal(), caller.actor, body.uses, timedelta(days=body.days), body.groups)
    link = f"{body.page}#/join/{made.secret}"
    picture = qr_code(link) if body.page is not None else None
    return {"id": made.id, "secret": made.secret, "expiresAt": to_iso(made.expires_at), "qrCode": picture}


@blueprint.delete("/admin/invitations/<number>")
@operation("Make an invitation unusable", gives=SentenceShape, errors=REFUSALS)
def revoke_invitation(caller: Caller, number: str) -> SentenceShape:
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    invites.revoke_invite(current_journal(), caller.actor, int(number) if is_number else 0)
    return {"response": "The invitation is revoked."}


@blueprint.get("/admin/groups")
@operation("All groups", gives=AdministeredGroupsShape, query=GroupsQuery, errors=(Forbidden, InvalidInput))
def list_groups(caller: Caller, query: GroupsQuery) -> AdministeredGroupsShape:
    found = administered.list_groups_page(caller.actor, query.search, query.after, query.limit)
    return {"groups": [serialize.administered_group(one) for one in found]}


@blueprint.put("/admin/groups/<group_id>/owner")
@operation(
    "Give a group whose owners are gone another one",
    gives=SentenceShape,
    body=NewOwner,
    errors=(*BODY_REFUSALS, HasOwner, LimitReached),
)
def appoint_owner(caller: Caller, group_id: str, body: NewOwner) -> SentenceShape:
    administered.appoint_owner(current_journal(), caller.actor, group_id, body.username)
    return {"response": f"{body.username} is an owner of the group now."}


@blueprint.delete("/admin/groups/<group_id>")
@operation("Delete any group and what was said in it", gives=SentenceShape, errors=REFUSALS)
def delete_any_group(caller: Caller, group_id: str) -> SentenceShape:
    administered.delete_any_group(current_journal(), caller.actor, group_id)
    return {"response": "The group is deleted."}


@blueprint.get("/admin/audit")
@operation("The audit log, the newest first", gives=AuditLinesShape, query=AuditQuery, errors=(Forbidden, InvalidInput))
def show_audit_log(caller: Caller, query: AuditQuery) -> AuditLinesShape:
    require(caller.role, SEE_AUDIT_LOG)
    found = audit.lines_before(query.before, _wanted(query), query.limit)
    return {"lines": [serialize.audit_line(one) for one in found]}


@blueprint.get("/admin/audit.csv")
@operation(
    "The audit log as CSV, the oldest first", gives="text/csv", query=AuditFilter, errors=(Forbidden, InvalidInput)
)
def export_csv(caller: Caller, query: AuditFilter) -> Response:
    return _download(caller, query, serialize.audit_as_csv, "audit.csv", "text/csv")


@blueprint.get("/admin/audit.jsonl")
@operation(
    "The audit log, a JSON object a line, the oldest first",
    gives="application/jsonl",
    query=AuditFilter,
    errors=(Forbidden, InvalidInput),
)
def export_json_lines(caller: Caller, query: AuditFilter) -> Response:
    return _download(caller, query, serialize.audit_as_json_lines, "audit.jsonl", "application/jsonl")


@blueprint.get("/admin/limits")
@operation("The limits that are in force", gives=LimitsShape, errors=(Forbidden,))
def show_limits(caller: Caller) -> LimitsShape:
    require(caller.role, SEE_LIMITS)
    return {"limits": [{"name": name, "value": value} for name, value in shown_limits(current_settings()).items()]}


@blueprint.patch("/admin/installation")
@operation(
    "Name the system, and choose who joins",
    gives=InstallationShape,
    body=InstallationChange,
    errors=(Forbidden, InvalidInput, MalformedRequest, JoiningFixed),
)
def change_installation(caller: Caller, body: InstallationChange) -> InstallationShape:
    now = installation_settings.change_installation(
        current_journal(), current_settings(), caller.actor, body.system_name, body.joining, body.retention_days
    )
    return {"systemName": now.name, "joining": now.joining, "retentionDays": now.retention_days}


@blueprint.get("/admin/retention")
@operation(
    "What would be erased everywhere if messages were kept for so many days",
    gives=RetentionPreviewShape,
    query=RetentionQuery,
    permission=CHANGE_INSTALLATION,
    errors=(InvalidInput,),
)
def preview_retention(caller: Caller, query: RetentionQuery) -> RetentionPreviewShape:
    return group_serializers.retention_preview(retention_preview.preview_in_system(caller.role, query.days))


def _download(
    caller: Caller,
    query: AuditFilter,
    form: Callable[[Iterable[audit.AuditLine]], Iterator[str]],
    name: str,
    media_type: str,
) -> Response:
    """Streams the lines, so that a log of any length takes the memory of a page of it."""
    require(caller.role, SEE_AUDIT_LOG)
    record_audit_export(current_journal(), caller.actor, name)
    body = stream_with_context(form(audit.lines_after(0, _wanted(query))))
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(body, content_type=f"{media_type}; charset=utf-8", headers=headers)


def _wanted(query: AuditFilter) -> audit.Wanted:
    return audit.Wanted(query.kind, query.username, query.since, query.until)
