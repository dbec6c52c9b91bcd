"""Groups: create one, change its details, leave it, delete it.

Each change takes the group's next revision; what changes nothing takes none, so that a retry is harmless.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from chatapp.actions.accounts import Caller
from chatapp.actions.group_members import join, lock_group, part, remove_other, require_another_owner, user_ids_of
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.messages import Page, newest_of_group
from chatapp.actions.people import Person, members_of
from chatapp.actions.permissions import CHANGE_DETAILS, DELETE_GROUP, LEAVE
from chatapp.clock import now
from chatapp.errors import NotAMember, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership, Message, User
from chatapp.models.conversation import DELETED, GROUP, parse_conversation_id
from chatapp.models.membership import OWNER
from chatapp.notices import GroupCreated
from chatapp.payloads import GroupDetails, NewGroup

GROUP_PAGE = 20
"""How many of its newest messages a group carries where groups are listed; the rest is at `GET /messages`."""

MESSAGES_REMOVED_AT_ONCE = 1_000
"""Of a deleted group, in one transaction: other writers wait no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a member sees it: everybody in it, and its newest messages with whether each is delivered to all."""

    conversation_id: int
    name: str
    created_at: datetime
    revision: int
    shares_history: bool
    role: str
    users: list[Person]
    roles: dict[str, str]
    messages: Page | None


def create_group(journal: Journal, caller: Caller, new: NewGroup) -> Group:
    """Creates a group of the named users and the caller, who owns it. The same `client_id` again creates no second one.

    Raises NotFound, naming who does not exist; then nothing is created.
    """
    number = journal.write(lambda transaction: _insert_group(transaction, caller, new))
    return group_of(caller, str(number))


def group_of(caller: Caller, group_id: str) -> Group:
    """One group of the caller's. Raises NotFound, or NotAMember for a group of others."""
    number = parse_conversation_id(group_id)
    found = groups_of(caller, number) if number is not None else []
    if not found:
        raise _refusal(number, group_id)
    return found[0]


def groups_of(caller: Caller, only: int | None = None) -> list[Group]:
    """The groups that the caller is in, oldest first; or one of them."""
    query = (
        select(
            Conversation.id,
            Conversation.name,
            Conversation.created_at,
            Conversation.last_sequence,
            Conversation.revision,
            Conversation.shares_history,
            Membership.role,
            Membership.joined_sequence,
        )
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == caller.user_id, Conversation.kind == GROUP)
        .order_by(Conversation.id)
    )
    rows = db.session.execute(query if only is None else query.where(Conversation.id == only)).all()
    numbers = [row.id for row in rows]
    users, roles = members_of(numbers), _roles_of(numbers)
    return [
        Group(
            row.id,
            row.name or "",
            row.created_at,
            row.revision,
            row.shares_history,
            row.role,
            users[row.id],
            roles[row.id],
            _newest_page(row),
        )
        for row in rows
    ]


def change_details(journal: Journal, caller: Caller, group_id: str, details: GroupDetails) -> Group:
    """Changes those that are given."""

    def job(transaction: Transaction) -> None:
        number, _ = lock_group(transaction, caller, group_id, CHANGE_DETAILS)
        group = transaction.session.get_one(Conversation, number)
        name = group.name if details.group_name is None else details.group_name
        shares_history = group.shares_history if details.shares_history is None else details.shares_history
        if (name, shares_history) != (group.name, group.shares_history):
            revision = take_revision(transaction, number)
            values = {"name": name, "shares_history": shares_history, "details_revision": revision}
            transaction.session.execute(update(Conversation).where(Conversation.id == number).values(values))

    journal.write(job)
    return group_of(caller, group_id)


def delete_group(journal: Journal, caller: Caller, group_id: str) -> None:
    """Takes everybody out of a group, and removes what was said in it."""
    number = journal.write(
        lambda transaction: _end(transaction, *lock_group(transaction, caller, group_id, DELETE_GROUP))
    )
    _remove_messages(journal, number)


def remove_member(journal: Journal, caller: Caller, group_id: str, username: str) -> None:
    """Takes somebody out of a group; lets the caller leave if it is they. Raises NotFound for who is not in it."""
    if username == caller.username:
        leave_group(journal, caller, group_id)
    else:
        remove_other(journal, caller, group_id, username)


def leave_group(journal: Journal, caller: Caller, group_id: str) -> None:
    """Takes the caller out of a group. The last member who leaves takes the group along.

    Raises LastOwner if others would be left without an owner.
    """

    def job(transaction: Transaction) -> int | None:
        number, role = lock_group(transaction, caller, group_id, LEAVE)
        members = select(func.count()).where(Membership.conversation_id == number)
        if transaction.session.execute(members).scalar_one() == 1:
            return _end(transaction, number, role)
        if role == OWNER:
            require_another_owner(transaction, number, caller.user_id)
        part(transaction, number, {caller.user_id}, take_revision(transaction, number))
        return None

    ended = journal.write(job)
    if ended is not None:
        _remove_messages(journal, ended)


def _insert_group(transaction: Transaction, caller: Caller, new: NewGroup) -> int:
    if new.client_id is not None:
        query = select(Conversation.id).where(
            Conversation.created_by == caller.user_id, Conversation.client_id == new.client_id
        )
        if (known := transaction.session.scalar(query)) is not None:
            return known
    members = user_ids_of(transaction, {user.username for user in new.users} | {caller.username})
    group = Conversation(
        kind=GROUP,
        name=new.group_name,
        created_by=caller.user_id,
        created_at=now(),
        client_id=new.client_id,
        shares_history=new.shares_history,
        revision=1,
        state_revision=1,
        details_revision=1,
    )
    transaction.session.add(group)
    transaction.session.flush()
    join(transaction, group.id, set(members.values()), 1, owner=caller.user_id)
    transaction.notices.append(GroupCreated(group.id))
    return group.id


def _refusal(number: int | None, group_id: str) -> NotFound | NotAMember:
    query = select(Conversation.id).where(Conversation.id == number, Conversation.kind == GROUP)
    if number is None or db.session.scalar(query) is None:
        return NotFound("There is no such group.", receiver=group_id)
    return NotAMember("You are not a member of this group.", receiver=group_id)


def _end(transaction: Transaction, number: int, _role: str) -> int:
    query = select(Membership.user_id).where(Membership.conversation_id == number)
    user_ids = set(transaction.session.scalars(query))
    part(transaction, number, user_ids, take_revision(transaction, number))
    values = {"kind": DELETED, "name": None}
    transaction.session.execute(update(Conversation).where(Conversation.id == number).values(values))
    return number


def _remove_messages(journal: Journal, number: int) -> None:
    """Nobody can see them any more: that they go a thousand at a time shows to nobody."""
    last = MESSAGES_REMOVED_AT_ONCE

    def job(transaction: Transaction) -> bool:
        some = (Message.conversation_id == number) & (Message.sequence <= last)
        transaction.session.execute(delete(Message).where(some))
        rest = select(Message.sequence).where(Message.conversation_id == number).limit(1)
        return transaction.session.scalar(rest) is not None

    while journal.write(job, durable=False):
        last += MESSAGES_REMOVED_AT_ONCE


def _roles_of(numbers: list[int]) -> dict[int, dict[str, str]]:
    query = select(Membership.conversation_id, User.username, Membership.role).join(User)
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for row in db.session.execute(query.where(Membership.conversation_id.in_(numbers)).order_by(User.username)):
        found[row.conversation_id][row.username] = row.role
    return found


def _newest_page(row: Any) -> Page | None:
    hidden = hidden_up_to(shares_history=row.shares_history, joined_sequence=row.joined_sequence)
    return newest_of_group(row.id, row.last_sequence, GROUP_PAGE, hidden) if row.last_sequence > hidden else None
