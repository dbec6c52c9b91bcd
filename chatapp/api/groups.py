"""Groups and their members: create, show, change, delete; public groups: find, join."""

from flask import Blueprint

from chatapp import group_serializers, serializers
from chatapp.actions import group_members, groups, public_groups, retention_preview
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import (
    Forbidden,
    InvalidInput,
    LastOwner,
    LimitReached,
    MalformedRequest,
    NotAMember,
    NotForThreads,
    NotFound,
)
from chatapp.group_payloads import GroupDetails, NewGroup, NewMembers, NewRole, PublicGroupsQuery, RetentionQuery
from chatapp.installation_shapes import RetentionPreviewShape
from chatapp.shapes import (
    NewGroupShape,
    OneGroupShape,
    OnePublicGroupShape,
    PublicGroupsShape,
    SentenceShape,
)

blueprint = Blueprint("groups", __name__)

REFUSALS = (NotFound, NotAMember, Forbidden)
BODY_REFUSALS = (*REFUSALS, InvalidInput, MalformedRequest)


@blueprint.post("/group")
@operation(
    "Make a group of the caller and the posted users",
    gives=NewGroupShape,
    body=NewGroup,
    errors=(Forbidden, NotFound, InvalidInput, MalformedRequest),
)
def create_group(caller: Caller, body: NewGroup) -> NewGroupShape:
    return {"newGroup": serializers.group(groups.create_group(current_journal(), caller, body))}


@blueprint.get("/group/<group_id>")
@operation("One group of the caller's", gives=OneGroupShape, errors=(NotFound, NotAMember))
def show_group(caller: Caller, group_id: str) -> OneGroupShape:
    return {"group": serializers.group(groups.group_of(caller, group_id))}


@blueprint.patch("/group/<group_id>")
@operation(
    "Change a group's details",
    gives=OneGroupShape,
    body=GroupDetails,
    errors=(*BODY_REFUSALS, NotForThreads),
)
def change_group(caller: Caller, group_id: str, body: GroupDetails) -> OneGroupShape:
    return {"group": serializers.group(groups.change_details(current_journal(), caller, group_id, body))}


@blueprint.get("/group/<group_id>/retention")
@operation(
    "What a group would erase if it kept its messages for so many days",
    gives=RetentionPreviewShape,
    query=RetentionQuery,
    errors=(*REFUSALS, InvalidInput, NotForThreads),
)
def preview_group_retention(caller: Caller, group_id: str, query: RetentionQuery) -> RetentionPreviewShape:
    return group_serializers.retention_preview(retention_preview.preview_in_group(caller, group_id, query.days))


@blueprint.delete("/group/<group_id>")
@operation("Delete a group and what was said in it", gives=SentenceShape, errors=REFUSALS)
def delete_group(caller: Caller, group_id: str) -> SentenceShape:
    groups.delete_group(current_journal(), caller, group_id)
    return {"response": "The group is deleted."}


@blueprint.post("/group/<group_id>/members")
@operation("Add users to a group", gives=OneGroupShape, body=NewMembers, errors=(*BODY_REFUSALS, LimitReached))
def add_members(caller: Caller, group_id: str, body: NewMembers) -> OneGroupShape:
    usernames = [user.username for user in body.users]
    group_members.add_members(current_journal(), caller, group_id, usernames)
    return {"group": serializers.group(groups.group_of(caller, group_id))}


@blueprint.put("/group/<group_id>/members/<username>")
@operation("Give a member a role", gives=OneGroupShape, body=NewRole, errors=(*BODY_REFUSALS, LastOwner))
def set_role(caller: Caller, group_id: str, username: str, body: NewRole) -> OneGroupShape:
    group_members.set_role(current_journal(), caller, group_id, username, body.role)
    return {"group": serializers.group(groups.group_of(caller, group_id))}


@blueprint.delete("/group/<group_id>/members/<username>")
@operation("Take a member out of a group, or leave it", gives=SentenceShape, errors=(*REFUSALS, LastOwner))
def remove_member(caller: Caller, group_id: str, username: str) -> SentenceShape:
    groups.remove_member(current_journal(), caller, group_id, username)
    return {"response": f"{username} is in the group no more."}


@blueprint.get("/groups/public")
@operation("Public groups by name", gives=PublicGroupsShape, query=PublicGroupsQuery, errors=(Forbidden, InvalidInput))
def find_groups(caller: Caller, query: PublicGroupsQuery) -> PublicGroupsShape:
    return group_serializers.directory_page(public_groups.find_public_groups(caller, query))


@blueprint.get("/groups/public/<group_id>")
@operation("One public group as every user sees it", gives=OnePublicGroupShape, errors=(Forbidden, NotFound))
def show_public_group(caller: Caller, group_id: str) -> OnePublicGroupShape:
    return {"group": group_serializers.public_group(public_groups.public_group(caller, group_id))}


@blueprint.post("/groups/public/<group_id>/join")
@operation("Join a public group", gives=OneGroupShape, errors=(Forbidden, NotFound, LimitReached))
def join_group(caller: Caller, group_id: str) -> OneGroupShape:
    public_groups.join_group(current_journal(), caller, group_id)
    return {"group": serializers.group(groups.group_of(caller, group_id))}
