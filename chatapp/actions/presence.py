"""Records in the database which users have connections on which Socket.IO process (node)."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chatapp.actions.people import online_user_ids
from chatapp.clock import now
from chatapp.journal import Transaction
from chatapp.models import Node, Presence, User
from chatapp.models.presence import NODE_SILENCE
from chatapp.notices import PresenceChanged


def start_node(transaction: Transaction, node: str, *, is_only_node: bool) -> int:
    """Registers a starting process, and deletes the presence that an earlier run left: that of this node, or of all
    nodes if it is the only one. Returns how many people are offline by that."""
    before = _online(transaction.session)
    leftover = delete(Presence) if is_only_node else delete(Presence).where(Presence.node == node)
    transaction.session.execute(leftover)
    transaction.session.execute(delete(Node).where(Node.name == node))
    transaction.session.add(Node(name=node, seen_at=now()))
    transaction.session.flush()
    _note_last_seen(transaction, before - _online(transaction.session))
    _announce(transaction, gone := before - _online(transaction.session), is_online=False)
    return len(gone)


def keep_alive(transaction: Transaction, node: str) -> None:
    """Stores a heartbeat of this process, and deletes dead processes together with their presence."""
    at = now()
    transaction.session.execute(update(Node).where(Node.name == node).values(seen_at=at))
    dead = list(transaction.session.scalars(select(Node.name).where(Node.seen_at <= at - NODE_SILENCE)))
    if dead:
        lost = set(transaction.session.scalars(select(Presence.user_id).where(Presence.node.in_(dead))))
        _lock(transaction, lost)
        transaction.session.execute(delete(Presence).where(Presence.node.in_(dead)))
        transaction.session.execute(delete(Node).where(Node.name.in_(dead)))
        _note_last_seen(transaction, lost - _online(transaction.session))
        _announce(transaction, lost - _online(transaction.session), is_online=False)


def register(transaction: Transaction, node: str) -> bool:
    """Registers this process if it is not registered: another process deletes one that was silent for too long.

    Returns whether it was registered.
    """
    if transaction.session.get(Node, node) is not None:
        return True
    transaction.session.add(Node(name=node, seen_at=now()))
    transaction.session.flush()
    return False


def users_on(transaction: Transaction, node: str) -> set[int]:
    """The ids of the users who are recorded as connected to a process."""
    return set(transaction.session.scalars(select(Presence.user_id).where(Presence.node == node)))


def record(transaction: Transaction, node: str, opened: Collection[int], closed: Collection[int]) -> None:
    """Records the users whose first connection on this process opened, and those whose last one closed.

    Announces each user who came online or went offline altogether.
    """
    _lock(transaction, [*opened, *closed])
    before = _online(transaction.session, [*opened, *closed])
    transaction.session.add_all([Presence(user_id=user_id, node=node) for user_id in sorted(opened)])
    transaction.session.execute(delete(Presence).where(Presence.node == node, Presence.user_id.in_(closed)))
    transaction.session.flush()
    after = _online(transaction.session, [*opened, *closed])
    _note_last_seen(transaction, before - after)
    _announce(transaction, after - before, is_online=True)
    _announce(transaction, before - after, is_online=False)


def _lock(transaction: Transaction, user_ids: Collection[int]) -> None:
    """Locks the users, so that only one process at a time records the presence of a user.

    Without the lock, a process that closes a connection while another opens one could announce the user as offline,
    and no process would announce them as online.
    """
    query = select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update(key_share=True)
    transaction.session.execute(query)


def _online(session: Session, among: Collection[int] | None = None) -> set[int]:
    """The ids of the online users, of all or among these."""
    query = online_user_ids()
    return set(session.scalars(query if among is None else query.where(Presence.user_id.in_(among))))


def _note_last_seen(transaction: Transaction, user_ids: Collection[int]) -> None:
    """The last connection of these users has closed, or their process has died."""
    if user_ids:
        transaction.session.execute(
            update(User).where(User.id.in_(user_ids), User.removed_at.is_(None)).values(last_seen_at=now())
        )


def _announce(transaction: Transaction, user_ids: Collection[int], *, is_online: bool) -> None:
    if not user_ids:
        return
    rows = transaction.session.execute(select(User.id, User.username).where(User.id.in_(user_ids)))
    transaction.notices += [PresenceChanged(row.id, row.username, is_online) for row in rows]
