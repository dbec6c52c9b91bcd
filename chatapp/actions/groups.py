"""Groups: create, read, change details, leave, delete.

Each change takes the group's next revision. A call that changes nothing takes none, so that a retry is harmless.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from chatapp.actions.audit import record
from chatapp.actions.blocks import require_no_block
from chatapp.actions.group_details import DETAILS, Details, details_of, search_name_of
from chatapp.actions.group_members import (
    delete_memberships,
    end_hidden_follows,
    insert_memberships,
    lock_group,
    remove_other_member,
    require_another_owner,
    threads_in,
    user_ids_of,
)
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.message_rows import delete_rows
from chatapp.actions.message_states import Reader
from chatapp.actions.messages import Page, newest_of_group
from chatapp.actions.people import Person, members_of
from chatapp.actions.permissions import CHANGE_DETAILS, DELETE_GROUP, LEAVE, SET_RETENTION
from chatapp.actions.permissions import require as require_in_group
from chatapp.actions.retention_jobs import sweep_soon
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MAKE_GROUPS
from chatapp.actions.system_permissions import require as require_in_system
from chatapp.clock import now
from chatapp.errors import NotAMember, NotFound
from chatapp.extensions import db
from chatapp.group_payloads import GroupDetails, NewGroup
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership, Message, User
from chatapp.models.conversation import DELETED, GROUP, parse_conversation_id
from chatapp.models.membership import OWNER
from chatapp.notices import GroupCreated

GROUP_PAGE = 20
"""Newest messages included with each group in a list. `GET /messages` returns the others."""

MESSAGES_DELETED_AT_ONCE = 1_000
"""Messages of a deleted group that one transaction deletes. Limits how long other writers wait."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group as seen by a member: its details, the member's role, all members with their roles, and the newest
    messages (None if there are none)."""

    conversation_id: int
    details: Details
    created_at: datetime
    revision: int
    role: str
    users: list[Person]
    roles: dict[str, str]
    messages: Page | None


def create_group(journal: Journal, caller: Caller, new: NewGroup) -> Group:
    """Creates a group of the named users and the caller, who becomes its owner. Repeating a `client_id` returns the
    first group.

    Raises Forbidden, or NotFound, which names the users who do not exist, and then creates nothing.
    """
    require_in_system(caller.role, MAKE_GROUPS)
    conversation_id = journal.write(lambda transaction: _insert_group(transaction, caller, new))
    return group_of(caller, str(conversation_id))


def group_of(caller: Caller, group_id: str) -> Group:
    """One group of the caller's. Raises NotFound, or NotAMember for a group that the caller is not in."""
    conversation_id = parse_conversation_id(group_id)
    groups = groups_of(caller, conversation_id) if conversation_id is not None else []
    if not groups:
        raise _lookup_error(conversation_id, group_id)
    return groups[0]


def groups_of(caller: Caller, only: int | None = None) -> list[Group]:
    """The groups that the caller is in, oldest first; with `only`, at most the one with this id."""
    query = (
        select(
            Conversation.id,
            Conversation.created_at,
            Conversation.last_sequence,
            Conversation.revision,
            *DETAILS,
            Membership.role,
            Membership.joined_sequence,
        )
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == caller.user_id, Conversation.kind == GROUP, Conversation.parent_id.is_(None))
        .order_by(Conversation.id)
    )
    rows = db.session.execute(query if only is None else query.where(Conversation.id == only)).all()
    conversation_ids = [row.id for row in rows]
    users, roles = members_of(conversation_ids, caller.user_id), _roles_of(conversation_ids)
    return [
        Group(
            row.id,
            details_of(row),
            row.created_at,
            row.revision,
            row.role,
            users[row.id],
            roles[row.id],
            _newest_page(row, caller),
        )
        for row in rows
    ]


def change_details(journal: Journal, caller: Caller, group_id: str, wanted: GroupDetails) -> Group:
    """Changes the details that are not None. Returns the group."""
    given = wanted.model_dump(include=set(GroupDetails.model_fields), exclude_none=True)
    if "group_name" in given:
        given["name"] = given.pop("group_name")

    def write(transaction: Transaction) -> None:
        conversation_id, role = lock_group(transaction, caller, group_id, CHANGE_DETAILS)
        before = details_of(transaction.session.get_one(Conversation, conversation_id))
        after = replace(before, **given)
        if after.retention_days != before.retention_days:
            require_in_group(role, SET_RETENTION)
            record(transaction, "retention_changed", caller.actor, group_id, days=after.retention_days)
            sweep_soon(transaction)
        if after != before:
            revision = take_revision(transaction, conversation_id)
            values = {**given, "search_name": search_name_of(after.name), "details_revision": revision}
            transaction.session.execute(update(Conversation).where(Conversation.id == conversation_id).values(values))
            if before.shares_history and not after.shares_history:
                end_hidden_follows(transaction, conversation_id)

    journal.write(write)
    return group_of(caller, group_id)


def delete_group(journal: Journal, caller: Caller, group_id: str) -> None:
    """Removes all members of a group, and deletes its messages."""

    def write(transaction: Transaction) -> list[int]:
        conversation_id, _ = lock_group(transaction, caller, group_id, DELETE_GROUP)
        record(transaction, "group_deleted", caller.actor, group_id)
        return mark_deleted(transaction, conversation_id)

    delete_messages_of(journal, journal.write(write))


def remove_member(journal: Journal, caller: Caller, group_id: str, username: str) -> None:
    """Removes a member from a group; the caller leaves if it is the caller's username. Raises NotFound if the user is
    not a member."""
    if username == caller.username:
        leave_group(journal, caller, group_id)
    else:
        remove_other_member(journal, caller, group_id, username)


def leave_group(journal: Journal, caller: Caller, group_id: str) -> None:
    """Removes the caller from a group. The group is deleted when the last member leaves.

    Raises LastOwner if the other members would have no owner.
    """

    def write(transaction: Transaction) -> list[int]:
        conversation_id, role = lock_group(transaction, caller, group_id, LEAVE)
        members = select(func.count()).where(Membership.conversation_id == conversation_id)
        if transaction.session.execute(members).scalar_one() == 1:
            return mark_deleted(transaction, conversation_id)
        if role == OWNER:
            require_another_owner(transaction, conversation_id, caller.user_id)
        delete_memberships(transaction, conversation_id, {caller.user_id}, take_revision(transaction, conversation_id))
        return []

    delete_messages_of(journal, journal.write(write))


def _insert_group(transaction: Transaction, caller: Caller, new: NewGroup) -> int:
    if new.client_id is not None:
        query = select(Conversation.id).where(
            Conversation.created_by == caller.user_id, Conversation.client_id == new.client_id
        )
        if (known := transaction.session.scalar(query)) is not None:
            return known
    members = user_ids_of(transaction, {user.username for user in new.users} | {caller.username})
    require_no_block(transaction, caller, members)
    group = Conversation(
        kind=GROUP,
        name=new.group_name,
        created_by=caller.user_id,
        created_at=now(),
        client_id=new.client_id,
        shares_history=new.shares_history,
        topic=new.topic,
        description=new.description,
        is_public=new.is_public,
        writers=new.writers,
        pinners=new.pinners,
        retention_days=new.retention_days,
        search_name=search_name_of(new.group_name),
        revision=1,
        state_revision=1,
        details_revision=1,
    )
    transaction.session.add(group)
    transaction.session.flush()
    insert_memberships(transaction, group.id, set(members.values()), 1, owner=caller.user_id)
    transaction.notices.append(GroupCreated(group.id))
    return group.id


def _lookup_error(conversation_id: int | None, group_id: str) -> NotFound | NotAMember:
    query = select(Conversation.id).where(
        Conversation.id == conversation_id, Conversation.kind == GROUP, Conversation.parent_id.is_(None)
    )
    if conversation_id is None or db.session.scalar(query) is None:
        return NotFound("There is no such group.", receiver=group_id)
    return NotAMember("You are not a member of this group.", receiver=group_id)


def mark_deleted(transaction: Transaction, conversation_id: int) -> list[int]:
    """Takes all members out of a group, which is locked. Returns the ids of the group and of its threads, which are
    deleted too; their messages are left to `delete_messages_of`."""
    query = select(Membership.user_id).where(Membership.conversation_id == conversation_id)
    user_ids = set(transaction.session.scalars(query))
    delete_memberships(transaction, conversation_id, user_ids, take_revision(transaction, conversation_id))
    values = {"kind": DELETED, "name": None, "search_name": "", "topic": "", "description": "", "is_public": False}
    deleted = [conversation_id, *threads_in(transaction, conversation_id)]
    transaction.session.execute(update(Conversation).where(Conversation.id.in_(deleted)).values(values))
    return deleted


def delete_messages_of(journal: Journal, conversation_ids: list[int]) -> None:
    """Deletes the messages of deleted groups in several transactions. No member is left who could see some of them."""
    for conversation_id in conversation_ids:
        _delete_messages_in(journal, conversation_id)


def delete_left_messages(journal: Journal) -> None:
    """Deletes what a process that ended in the middle has left of deleted groups."""
    query = select(Message.conversation_id).distinct().join(Conversation).where(Conversation.kind == DELETED)
    left = list(db.session.scalars(query))
    db.session.remove()
    delete_messages_of(journal, left)


def _delete_messages_in(journal: Journal, conversation_id: int) -> None:
    last = MESSAGES_DELETED_AT_ONCE

    def write(transaction: Transaction) -> bool:
        delete_rows(transaction, conversation_id, 1, last)
        rest = select(Message.sequence).where(Message.conversation_id == conversation_id).limit(1)
        return transaction.session.scalar(rest) is not None

    while journal.write(write, durable=False):
        last += MESSAGES_DELETED_AT_ONCE


def _roles_of(conversation_ids: list[int]) -> dict[int, dict[str, str]]:
    query = select(Membership.conversation_id, User.username, Membership.role).join(User)
    roles: dict[int, dict[str, str]] = {conversation_id: {} for conversation_id in conversation_ids}
    for row in db.session.execute(
        query.where(Membership.conversation_id.in_(conversation_ids)).order_by(User.username)
    ):
        roles[row.conversation_id][row.username] = row.role
    return roles


def _newest_page(row: Any, caller: Caller) -> Page | None:
    hidden = hidden_up_to(row)
    reader = Reader(caller.user_id, hidden)
    return newest_of_group(row.id, row.last_sequence, GROUP_PAGE, reader) if row.last_sequence > hidden else None
