"""Who owns a group after its last owner was removed. Nobody is asked, as the last owner is who leaves a group."""

from sqlalchemy import case, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.standing import is_open
from chatapp.actions.system_permissions import LEAD_GROUPS, PERMISSIONS
from chatapp.journal import Transaction
from chatapp.models import Membership, User
from chatapp.models.membership import ADMIN, OWNER


def pass_on(transaction: Transaction, leaving: Membership, revision: int) -> None:
    """Makes another member the owner of a group, which is locked, if its last owner is about to leave it: the admin who
    joined first, or else the member who did.

    Only people whose account is open and who may lead groups come into question. Without one the group has no owner
    until an administrator appoints one.
    """
    if leaving.role != OWNER:
        return
    session, group_id = transaction.session, leaving.conversation_id
    in_group = (Membership.conversation_id == group_id) & (Membership.user_id != leaving.user_id)
    others = select(Membership).join(User).where(in_group, User.removed_at.is_(None))
    if session.scalar(others.where(Membership.role == OWNER).limit(1)) is not None:
        return
    query = (
        others.where(is_open(), User.role.in_(PERMISSIONS[LEAD_GROUPS]))
        .order_by(case((Membership.role == ADMIN, 0), else_=1), Membership.joined_at, Membership.user_id)
        .limit(1)
    )
    heir = session.scalar(query)
    if heir is None:
        return
    heir.role, heir.revision = OWNER, revision
    username = session.get_one(User, heir.user_id).username
    details = {"user": username, "role": OWNER, "because": "owner_removed"}
    record(transaction, "member_role_changed", Actor(), str(group_id), **details)
