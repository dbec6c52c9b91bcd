"""Blocking: two people of whom one blocks the other exchange no private messages, and do not see whether the other is
online."""

from dataclasses import dataclass

from sqlalchemy import or_, select, update

from chatapp.actions.sessions import Caller
from chatapp.errors import Blocked, InvalidInput, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_own_revision
from chatapp.models import Block, Conversation, User
from chatapp.models.conversation import direct_key
from chatapp.notices import BlockChanged
from chatapp.visibility import is_seen_by


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """Whether a user blocks another one. `user_revision` is 0 if they never did."""

    username: str
    is_on: bool
    user_revision: int = 0


def set_block(journal: Journal, caller: Caller, username: str, *, is_on: bool) -> OwnBlock:
    """Blocks another user, or ends that. A call that changes nothing takes no revision.

    Raises NotFound for an unknown user, and InvalidInput for the caller.
    """
    if username == caller.username:
        raise InvalidInput("You cannot block yourself.", fields={"username": "is your own"})

    def write(transaction: Transaction) -> OwnBlock:
        other_id = _blockable(transaction, caller, username)
        row = transaction.session.get(Block, (caller.user_id, other_id))
        if row is None and not is_on:
            return OwnBlock(username, is_on=False)
        if row is not None and row.is_on == is_on:
            return OwnBlock(username, is_on, row.user_revision)
        # The user's row is locked from here on. Whoever opens the direct conversation locks it too.
        revision = take_own_revision(transaction, caller.user_id)
        row = transaction.session.get(Block, (caller.user_id, other_id), populate_existing=True)
        if row is None:
            row = Block(user_id=caller.user_id, other_id=other_id)
            transaction.session.add(row)
        row.is_on, row.user_revision = is_on, revision
        transaction.session.flush()
        opposite = transaction.session.get(Block, (other_id, caller.user_id))
        is_blocked = is_on or (opposite is not None and opposite.is_on)
        # With both rows locked the names stay, by which the conversation is found.
        lock = select(User.id, User.username).where(User.id.in_((caller.user_id, other_id))).order_by(User.id)
        names = {one.id: one.username for one in transaction.session.execute(lock.with_for_update(key_share=True))}
        of_both = Conversation.direct_key == direct_key(names[caller.user_id], names[other_id])
        transaction.session.execute(update(Conversation).where(of_both).values(is_blocked=is_blocked))
        transaction.notices.append(BlockChanged(caller.user_id, other_id))
        return OwnBlock(username, is_on, revision)

    return journal.write(write)


def _blockable(transaction: Transaction, caller: Caller, username: str) -> int:
    """The id of a user whom the caller sees, or has blocked while they did. Raises NotFound."""
    own = select(Block.other_id).where(Block.user_id == caller.user_id)
    is_known = or_(is_seen_by(caller.user_id, caller.role), User.id.in_(own))
    user_id: int | None = transaction.session.scalar(
        select(User.id).where(User.username == username, is_known, User.removed_at.is_(None))
    )
    if user_id is None:
        raise NotFound("There is no such user.", username=username)
    return user_id


def own_blocks(user_id: int) -> list[OwnBlock]:
    """Whom a user blocks, by name."""
    query = (
        select(User.username, Block.user_revision)
        .join(User, User.id == Block.other_id)
        .where(Block.user_id == user_id, Block.is_on)
        .order_by(User.username)
    )
    return [OwnBlock(row.username, True, row.user_revision) for row in db.session.execute(query)]


def hidden_from(user_id: int) -> set[int]:
    """Whose presence a user does not see: those who block the user, and those whom the user blocks."""
    query = select(Block.user_id, Block.other_id).where(
        or_(Block.user_id == user_id, Block.other_id == user_id), Block.is_on
    )
    return {row.user_id if row.other_id == user_id else row.other_id for row in db.session.execute(query)}


def all_blocks() -> dict[int, set[int]]:
    """As `hidden_from`, for every user who has any."""
    found: dict[int, set[int]] = {}
    for row in db.session.execute(select(Block.user_id, Block.other_id).where(Block.is_on)):
        found.setdefault(row.user_id, set()).add(row.other_id)
        found.setdefault(row.other_id, set()).add(row.user_id)
    return found


def require_no_block(transaction: Transaction, caller: Caller, user_ids: dict[str, int]) -> None:
    """Raises Blocked, which names them, if some of these users block the caller: nobody is put into a group by them."""
    query = select(Block.user_id).where(
        Block.other_id == caller.user_id, Block.user_id.in_(user_ids.values()), Block.is_on
    )
    blocking = set(transaction.session.scalars(query))
    if names := sorted(name for name, user_id in user_ids.items() if user_id in blocking):
        raise Blocked("You cannot add " + ", ".join(names[:10]) + ".", usernames=names[:100])
