"""The permissions of each role in a group. Nothing else decides what a member may do."""

from chatapp.errors import Forbidden
from chatapp.models.conversation import ADMINS, EVERYBODY
from chatapp.models.membership import ADMIN, MEMBER, OWNER, ROLES_OF

ADD_MEMBERS = "add members"
REMOVE_MEMBERS = "remove members"
REMOVE_ADMINS = "remove admins and owners"
CHANGE_ROLES = "change roles"
CHANGE_DETAILS = "change the group's name and settings"
WRITE = "write"
WRITE_ANNOUNCEMENTS = "write in this group"
DELETE_GROUP = "delete the group"
SET_RETENTION = "choose how long messages are kept"
LEAVE = "leave"
DELETE_MESSAGES = "delete messages of others"
CLOSE_POLLS = "close polls of others"

PERMISSIONS = {
    ADD_MEMBERS: (OWNER, ADMIN),
    REMOVE_MEMBERS: (OWNER, ADMIN),
    REMOVE_ADMINS: (OWNER,),
    CHANGE_ROLES: (OWNER,),
    CHANGE_DETAILS: (OWNER, ADMIN),
    # The journal checks these two, in the transaction that stores a message, by the group's setting `writers`. In
    # a thread they hold too, by the role in the group and its setting. `threads.py` checks them to open a thread.
    WRITE: ROLES_OF[EVERYBODY],
    WRITE_ANNOUNCEMENTS: ROLES_OF[ADMINS],
    DELETE_GROUP: (OWNER,),
    SET_RETENTION: (OWNER,),
    LEAVE: (OWNER, ADMIN, MEMBER),
    DELETE_MESSAGES: (OWNER, ADMIN),
    CLOSE_POLLS: (OWNER, ADMIN),
}


def require(role: str, action: str) -> None:
    """Raises Forbidden unless the role permits the action."""
    if role not in PERMISSIONS[action]:
        allowed = " and ".join(f"{permitted}s" for permitted in PERMISSIONS[action])
        raise Forbidden(f"Only {allowed} may {action}.", role=role)
