"""The permissions of each role in the whole system. Nothing else decides what a role allows, but `visibility.py`, which
says whom guests and bots see. A guest writes where they are, and comes and goes by invitation. A bot has no permission
here: it reads and writes where it is.

`permissions.py` is the same for the roles in a group. An operator, by the command line, may do what an administrator
may.
"""

from chatapp.errors import Forbidden
from chatapp.models.user import ADMINISTRATOR, BOT, FULL_MEMBERS, MODERATOR, PERSONS

MAKE_GROUPS = "make groups"
LEAD_GROUPS = "be admins and owners of groups"
FIND_GROUPS = "find and join public groups"
SEE_PEOPLE = "see the accounts of others"
CHANGE_ROLES = "change the roles of people"
CLOSE_ACCOUNTS = "deactivate and reactivate accounts"
END_SESSIONS = "end the sessions of others"
CHANGE_USERNAMES = "change the usernames of others"
REMOVE_PEOPLE = "remove people for good"
RESET_PASSWORDS = "reset the passwords of others"
ACT_ON_STAFF = "act on moderators and administrators"
MODERATE_MESSAGES = "delete messages of others in groups that they are in"
SUSPEND_ACCOUNTS = "suspend and ban people, and lift that"
SEE_REPORTS = "see reported messages and what was said around them"
DISMISS_REPORTS = "dismiss reports"
REMOVE_REPORTED = "remove reported messages"
SEE_INVITATIONS = "see invitations"
MAKE_INVITATIONS = "make and revoke invitations"
MANAGE_GROUPS = "manage groups that they are not in"
SEE_AUDIT_LOG = "see the audit log"
SEE_LIMITS = "see the limits of the server"
CHANGE_INSTALLATION = "name the system and choose who joins"
MANAGE_BOTS = "make bots and their tokens"
MANAGE_OWN_ACCOUNT = "manage their own sign-in and their data"

PERMISSIONS = {
    MAKE_GROUPS: FULL_MEMBERS,
    # So a guest neither adds people to a group nor makes it public: `permissions.py` leaves that to these.
    LEAD_GROUPS: FULL_MEMBERS,
    FIND_GROUPS: FULL_MEMBERS,
    SEE_PEOPLE: (ADMINISTRATOR, MODERATOR),
    CHANGE_ROLES: (ADMINISTRATOR,),
    CLOSE_ACCOUNTS: (ADMINISTRATOR, MODERATOR),
    END_SESSIONS: (ADMINISTRATOR, MODERATOR),
    CHANGE_USERNAMES: (ADMINISTRATOR,),
    REMOVE_PEOPLE: (ADMINISTRATOR,),
    RESET_PASSWORDS: (ADMINISTRATOR,),
    ACT_ON_STAFF: (ADMINISTRATOR,),
    MODERATE_MESSAGES: (ADMINISTRATOR, MODERATOR),
    SUSPEND_ACCOUNTS: (ADMINISTRATOR, MODERATOR),
    SEE_REPORTS: (ADMINISTRATOR, MODERATOR),
    DISMISS_REPORTS: (ADMINISTRATOR, MODERATOR),
    REMOVE_REPORTED: (ADMINISTRATOR, MODERATOR),
    SEE_INVITATIONS: (ADMINISTRATOR, MODERATOR),
    MAKE_INVITATIONS: (ADMINISTRATOR,),
    MANAGE_GROUPS: (ADMINISTRATOR,),
    SEE_AUDIT_LOG: (ADMINISTRATOR,),
    SEE_LIMITS: (ADMINISTRATOR,),
    CHANGE_INSTALLATION: (ADMINISTRATOR,),
    MANAGE_BOTS: (ADMINISTRATOR,),
    MANAGE_OWN_ACCOUNT: PERSONS,
}

STAFF = (ADMINISTRATOR, MODERATOR)
ON_PERSONS = (CHANGE_ROLES, RESET_PASSWORDS)
"""What nobody does to a bot: it would be a way to sign in as one."""


def may(role: str, action: str) -> bool:
    """Whether the role permits the action."""
    return role in PERMISSIONS[action]


def require(role: str, action: str) -> None:
    """Raises Forbidden unless the role permits the action."""
    if not may(role, action):
        *others, last = (f"{permitted}s" for permitted in PERMISSIONS[action])
        allowed = f"{', '.join(others)} and {last}" if others else last
        raise Forbidden(f"Only {allowed} may {action}.", role=role)


def require_over(role: str, target_role: str, action: str) -> None:
    """Raises Forbidden unless the role permits the action on somebody of this other role."""
    require(role, action)
    if target_role in STAFF:
        require(role, ACT_ON_STAFF)
    if target_role == BOT and action in ON_PERSONS:
        raise Forbidden("A bot stays one, and has no password. It works by its tokens.")
