"""What comes in about groups: a validated model of every request and event."""

from typing import Literal

from pydantic import ConfigDict, Field

from chatapp.payload_fields import (
    GROUP_MEMBERS,
    ClientId,
    Description,
    DirectoryPlace,
    GroupName,
    GroupSearch,
    Name,
    RetentionDays,
    Topic,
)
from chatapp.payloads import Payload, UserName

GROUPS_PAGE = 50
LARGEST_GROUPS_PAGE = 100

Members = Literal["everybody", "admins"]
"""Who may do something: all members of the group, or its admins and owners."""


class NewGroup(Payload):
    """`POST /group`, and `createGroup` for a new one. The creator always belongs."""

    group_name: GroupName
    users: list[UserName] = Field(default=[], max_length=GROUP_MEMBERS)
    client_id: ClientId | None = None
    topic: Topic = ""
    description: Description = ""
    shares_history: bool = True
    is_public: bool = False
    writers: Members = "everybody"
    pinners: Members = "everybody"
    retention_days: RetentionDays = 0


class GroupDetails(Payload):
    """`PATCH /group/<groupId>`: what is given is changed."""

    group_name: GroupName | None = None
    topic: Topic | None = None
    description: Description | None = None
    shares_history: bool | None = None
    is_public: bool | None = None
    writers: Members | None = None
    pinners: Members | None = None
    retention_days: RetentionDays | None = None


class RetentionQuery(Payload):
    """The query of `GET /group/<groupId>/retention` and `GET /admin/retention`."""

    model_config = ConfigDict(strict=False)
    days: RetentionDays


class NewMembers(Payload):
    """`POST /group/<groupId>/members`."""

    users: list[UserName] = Field(min_length=1, max_length=GROUP_MEMBERS)


class NewRole(Payload):
    """`PUT /group/<groupId>/members/<username>`."""

    role: Literal["owner", "admin", "member"]


class FindGroups(Payload):
    """`findGroups`: a page of the public groups whose name has words that begin with those of `name`. `after` is the
    `next` of the page before."""

    name: GroupSearch = ""
    after: DirectoryPlace | None = None
    limit: int = Field(default=GROUPS_PAGE, ge=1, le=LARGEST_GROUPS_PAGE)


class PublicGroupsQuery(FindGroups):
    """The query of `GET /groups/public`."""

    model_config = ConfigDict(strict=False)


class GroupId(Payload):
    """`createGroup` for a group that was made over HTTP, and every event that names a group and nothing else."""

    group_id: Name


class ChangeGroup(GroupDetails, GroupId):
    """`changeGroup`."""


class AddMembers(NewMembers, GroupId):
    """`addMembers`."""


class RemoveMember(UserName, GroupId):
    """`removeMember`: the caller's own name leaves the group."""


class SetRole(NewRole, RemoveMember):
    """`setRole`."""
