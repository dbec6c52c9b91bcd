"""What comes in on the routes of administration. See `chatapp.payloads`."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from chatapp.payload_fields import (
    FirstSequence,
    GroupSearch,
    InviteText,
    Name,
    NewPassword,
    NewUsername,
    RetentionDays,
    Sequence,
)
from chatapp.payloads import Payload
from chatapp.scheduled_payloads import Instant
from chatapp.setup_payloads import SystemName

ADMINISTRATION_PAGE = 50
LARGEST_ADMINISTRATION_PAGE = 200
MOST_INVITE_GROUPS = 50

Limit = Annotated[int, Field(ge=1, le=LARGEST_ADMINISTRATION_PAGE)]


class PeopleQuery(Payload):
    """The query of `GET /admin/people`. `after` is the last username of the page before."""

    model_config = ConfigDict(strict=False)
    search: GroupSearch = ""
    after: Annotated[str, Field(max_length=64)] = ""
    limit: Limit = ADMINISTRATION_PAGE


class PersonChange(Payload):
    """`PATCH /admin/people/<username>`: one of them is changed. Of several together one could be refused, and
    another have been done."""

    role: Literal["administrator", "moderator", "member", "guest"] | None = None
    is_active: bool | None = None
    username: NewUsername | None = None

    @model_validator(mode="after")
    def _is_one_change(self) -> "PersonChange":
        if sum(one is not None for one in (self.role, self.is_active, self.username)) != 1:
            raise ValueError("must be one of `role`, `isActive` and `username`")
        return self


class NewInvitation(Payload):
    """`POST /admin/invitations`: for so many accounts, valid for so many days. With the address of the page that
    people join on, the answer has a QR code of the link. With groups, by their ids, it is for guests, who become
    members of these."""

    page: Annotated[str, Field(max_length=300, pattern=r"^https?://[^\s#]+$")] | None = None
    uses: Annotated[int, Field(ge=1, le=100_000)] = 1
    days: Annotated[int, Field(ge=1, le=365)] = 7
    groups: Annotated[list[Name], Field(max_length=MOST_INVITE_GROUPS)] = Field(default_factory=list)


class GroupsQuery(Payload):
    """The query of `GET /admin/groups`. `after` is the last id of the page before."""

    model_config = ConfigDict(strict=False)
    search: GroupSearch = ""
    after: Sequence = 0
    limit: Limit = ADMINISTRATION_PAGE


class NewOwner(Payload):
    """`PUT /admin/groups/<group_id>/owner`."""

    username: Name


class AuditFilter(Payload):
    """The query of `GET /admin/audit.csv` and `GET /admin/audit.jsonl`: what is given narrows the log."""

    model_config = ConfigDict(strict=False)
    kind: Name | None = None
    username: Name | None = None
    since: Instant | None = None
    until: Instant | None = None


class AuditQuery(AuditFilter):
    """The query of `GET /admin/audit`. `before` is the number of the last line of the page before."""

    before: FirstSequence | None = None
    limit: Limit = ADMINISTRATION_PAGE


class InstallationChange(Payload):
    """`PATCH /admin/installation`: what is given is changed."""

    system_name: SystemName | None = None
    joining: Literal["closed", "invite", "open"] | None = None
    retention_days: RetentionDays | None = None


class ChoosePassword(Payload):
    """`POST /reset`. The secret is the last part of the link."""

    secret: InviteText
    password: NewPassword
