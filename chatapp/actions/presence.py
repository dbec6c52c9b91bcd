"""Keep the database's picture of who is online: which users have connections on which Socket.IO process."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chatapp.actions.people import NODE_SILENCE, online_user_ids
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.models import Node, Presence, User
from chatapp.notices import PresenceChanged


def start_node(transaction: Transaction, node: str, *, is_only_one: bool) -> None:
    """A process starts with nobody connected, whatever it left behind; the only one clears everybody's traces."""
    before = _online(transaction.session)
    left_behind = delete(Presence) if is_only_one else delete(Presence).where(Presence.node == node)
    transaction.session.execute(left_behind)
    transaction.session.execute(delete(Node).where(Node.name == node))
    transaction.session.add(Node(name=node, seen_at=now()))
    transaction.session.flush()
    _announce(transaction, before - _online(transaction.session), is_online=False)


def keep_alive(transaction: Transaction, node: str) -> None:
    """Says that this process lives, and takes offline whoever was connected to one that does not."""
    at = now()
    transaction.session.execute(update(Node).where(Node.name == node).values(seen_at=at))
    gone = list(transaction.session.scalars(select(Node.name).where(Node.seen_at <= at - NODE_SILENCE)))
    if gone:
        lost = set(transaction.session.scalars(select(Presence.user_id).where(Presence.node.in_(gone))))
        _lock(transaction, lost)
        transaction.session.execute(delete(Presence).where(Presence.node.in_(gone)))
        transaction.session.execute(delete(Node).where(Node.name.in_(gone)))
        _announce(transaction, lost - _online(transaction.session), is_online=False)


def register(transaction: Transaction, node: str) -> bool:
    """Sees to it that the process is known. Returns whether it was: others forget one that was silent for too long."""
    if transaction.session.get(Node, node) is not None:
        return True
    transaction.session.add(Node(name=node, seen_at=now()))
    transaction.session.flush()
    return False


def recorded_on(transaction: Transaction, node: str) -> set[int]:
    """The users who have a connection on a process, as far as the database knows."""
    return set(transaction.session.scalars(select(Presence.user_id).where(Presence.node == node)))


def record(transaction: Transaction, node: str, opened: Collection[int], closed: Collection[int]) -> None:
    """First connections opened on this process, and last ones closed; announces who thereby came or went everywhere."""
    _lock(transaction, [*opened, *closed])
    before = _online(transaction.session, [*opened, *closed])
    transaction.session.add_all([Presence(user_id=user_id, node=node) for user_id in sorted(opened)])
    gone = delete(Presence).where(Presence.node == node, Presence.user_id.in_(closed))
    transaction.session.execute(gone)
    transaction.session.flush()
    after = _online(transaction.session, [*opened, *closed])
    transaction.session.execute(update(User).where(User.id.in_(before - after)).values(last_seen_at=now()))
    _announce(transaction, after - before, is_online=True)
    _announce(transaction, before - after, is_online=False)


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Usernames by id."""
    query = select(User.id, User.username).where(User.id.in_(user_ids)).order_by(User.id)
    return {row.id: row.username for row in db.session.execute(query)}


def _lock(transaction: Transaction, user_ids: Collection[int]) -> None:
    """One process at a time says of a user that they came or went.

    Without it one that closes a connection while another opens one would announce the user offline, and nobody online.
    """
    query = select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update(key_share=True)
    transaction.session.execute(query)


def _online(session: Session, among: Collection[int] | None = None) -> set[int]:
    query = online_user_ids()
    return set(session.scalars(query if among is None else query.where(Presence.user_id.in_(among))))


def _announce(transaction: Transaction, user_ids: Collection[int], *, is_online: bool) -> None:
    if not user_ids:
        return
    rows = transaction.session.execute(select(User.id, User.username).where(User.id.in_(user_ids)))
    transaction.notices += [PresenceChanged(row.id, row.username, is_online) for row in rows]
