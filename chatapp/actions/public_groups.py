"""Public groups: the directory that every user but a guest may search, and joining.

Those who are not in a group see nothing of it but what a PublicGroup has. A private group is to them one that does not
exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from chatapp.actions.group_details import search_name_of
from chatapp.actions.group_members import insert_memberships, require_room
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import FIND_GROUPS, require
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.group_payloads import FindGroups
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership
from chatapp.models.conversation import GROUP, parse_conversation_id


@dataclass(frozen=True, slots=True)
class PublicGroup:
    """A public group as every user sees it. `is_member`: the caller is in it."""

    conversation_id: int
    name: str
    topic: str
    description: str
    member_count: int
    is_member: bool


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Public groups in the order of their names. `next` is the place where the next page begins; None at the end."""

    groups: list[PublicGroup]
    next: str | None


def find_public_groups(caller: Caller, wanted: FindGroups) -> DirectoryPage:
    """A page of the public groups in whose name every word of `wanted.name` begins a word, whatever its case and
    accents. Raises Forbidden."""
    require(caller.role, FIND_GROUPS)
    query = _public_groups(caller).order_by(Conversation.search_name, Conversation.id).limit(wanted.limit + 1)
    for word in search_name_of(wanted.name).split():
        query = query.where((literal(" ") + Conversation.search_name).contains(f" {word}", autoescape=True))
    if wanted.after is not None:
        number, _, name = wanted.after.partition(":")
        query = query.where(tuple_(Conversation.search_name, Conversation.id) > (name, int(number)))
    rows = db.session.execute(query).all()
    page = rows[: wanted.limit]
    is_last = len(rows) <= wanted.limit
    return DirectoryPage(_groups_of(page), None if is_last else f"{page[-1].id}:{page[-1].search_name}")


def public_group(caller: Caller, group_id: str) -> PublicGroup:
    """One public group. Raises Forbidden, and NotFound for a private one as for one that does not exist."""
    require(caller.role, FIND_GROUPS)
    query = _public_groups(caller).where(Conversation.id == parse_conversation_id(group_id))
    groups = _groups_of(db.session.execute(query).all())
    if not groups:
        raise _not_public(group_id)
    return groups[0]


def join_group(journal: Journal, caller: Caller, group_id: str) -> None:
    """Makes the caller a member of a public group. Changes nothing for a member.

    Raises Forbidden; NotFound for a private group as for one that does not exist; LimitReached for one with too many
    members.
    """
    require(caller.role, FIND_GROUPS)

    def write(transaction: Transaction) -> None:
        conversation_id = parse_conversation_id(group_id)
        lock = select(Conversation.is_public).where(Conversation.id == conversation_id, Conversation.kind == GROUP)
        is_public = transaction.session.scalar(lock.with_for_update(key_share=True))
        key = (conversation_id, caller.user_id)
        if is_public is not None and transaction.session.get(Membership, key) is not None:
            return
        if conversation_id is None or not is_public:
            raise _not_public(group_id)
        require_room(transaction, conversation_id, 1)
        revision = take_revision(transaction, conversation_id)
        insert_memberships(transaction, conversation_id, {caller.user_id}, revision)

    journal.write(write)


def _public_groups(caller: Caller) -> Select[Any]:
    members = select(func.count()).where(Membership.conversation_id == Conversation.id)
    own = members.where(Membership.user_id == caller.user_id)
    return select(
        Conversation.id,
        Conversation.name,
        Conversation.topic,
        Conversation.description,
        Conversation.search_name,
        members.scalar_subquery().label("member_count"),
        own.scalar_subquery().label("own_count"),
    ).where(Conversation.kind == GROUP, Conversation.is_public)


def _groups_of(rows: Sequence[Any]) -> list[PublicGroup]:
    return [
        PublicGroup(row.id, row.name, row.topic, row.description, row.member_count, row.own_count == 1) for row in rows
    ]


def _not_public(group_id: str) -> NotFound:
    return NotFound("There is no such public group.", receiver=group_id)
