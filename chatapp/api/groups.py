"""Groups and their members: create, show, change, delete."""

from flask import Blueprint

from chatapp import serializers
from chatapp.actions import group_members, groups
from chatapp.actions.accounts import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import Forbidden, InvalidInput, LastOwner, MalformedRequest, NotAMember, NotFound
from chatapp.payloads import GroupDetails, NewGroup, NewMembers, NewRole
from chatapp.shapes import NewGroupShape, OneGroupShape, SentenceShape

blueprint = Blueprint("groups", __name__)

REFUSALS = (NotFound, NotAMember, Forbidden)
BODY_REFUSALS = (*REFUSALS, InvalidInput, MalformedRequest)


@blueprint.post("/group")
@operation(
    "Make a group of the caller and the posted users",
    gives=NewGroupShape,
    body=NewGroup,
    errors=(NotFound, InvalidInput, MalformedRequest),
)
def create_group(caller: Caller, body: NewGroup) -> NewGroupShape:
    return {"newGroup": serializers.group(groups.create_group(current_journal(), caller, body))}


@blueprint.get("/group/<group_id>")
@operation("One group of the caller's", gives=OneGroupShape, errors=(NotFound, NotAMember))
def show_group(caller: Caller, group_id: str) -> OneGroupShape:
    return {"group": serializers.group(groups.group_of(caller, group_id))}


@blueprint.patch("/group/<group_id>")
@operation("Change a group's name or settings", gives=OneGroupShape, body=GroupDetails, errors=BODY_REFUSALS)
def change_group(caller: Caller, group_id: str, body: GroupDetails) -> OneGroupShape:
    return {"group": serializers.group(groups.change_details(current_journal(), caller, group_id, body))}


@blueprint.delete("/group/<group_id>")
@operation("Delete a group and what was said in it", gives=SentenceShape, errors=REFUSALS)
def delete_group(caller: Caller, group_id: str) -> SentenceShape:
    groups.delete_group(current_journal(), caller, group_id)
    return {"response": "The group is deleted."}


@blueprint.post("/group/<group_id>/members")
@operation("Add users to a group", gives=OneGroupShape, body=NewMembers, errors=BODY_REFUSALS)
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
