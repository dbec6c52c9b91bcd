"""The shapes of the routes of administration. See `chatapp.shapes`."""

from typing import Any

from typing_extensions import TypedDict

from chatapp.report_shapes import SuspensionShape


class AccountShape(TypedDict):
    """An account. `sessions` is how many valid ones it has."""

    username: str
    firstName: str
    lastName: str
    role: str
    isActive: bool
    createdAt: str
    lastSeen: str | None
    sessions: int
    suspension: SuspensionShape | None


class AccountsShape(TypedDict):
    people: list[AccountShape]


class ResetShape(TypedDict):
    secret: str
    expiresAt: str


class InvitationShape(TypedDict):
    """An invitation. `uses` of `usesAllowed` accounts were made with it. `groups` are the names of those that guests
    become members of."""

    id: int
    uses: int
    usesAllowed: int
    expiresAt: str
    isValid: bool
    role: str
    groups: list[str]


class InvitationsShape(TypedDict):
    invitations: list[InvitationShape]


class NewInvitationShape(TypedDict):
    """An invitation that was just made: the only answer that has its secret. `qrCode` has the rows of a QR code of
    its link, `1` for a dark module; None where no page was named."""

    id: int
    secret: str
    expiresAt: str
    qrCode: list[str] | None


class AdministeredGroupShape(TypedDict):
    """A group. `owners` are those with an active account."""

    groupId: str
    groupName: str
    isPublic: bool
    createdAt: str
    memberCount: int
    owners: list[str]


class AdministeredGroupsShape(TypedDict):
    groups: list[AdministeredGroupShape]


class AuditLineShape(TypedDict):
    """A line of the audit log. `actor` is empty for an operator, by the command line."""

    id: int
    at: str
    kind: str
    actor: str
    target: str
    address: str
    details: dict[str, Any]


class AuditLinesShape(TypedDict):
    lines: list[AuditLineShape]


class LimitShape(TypedDict):
    name: str
    value: str


class LimitsShape(TypedDict):
    limits: list[LimitShape]
