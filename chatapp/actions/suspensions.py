"""Suspending people for a time, banning them for ever, and lifting that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from chatapp.actions.administration import find_subject, require_other_administrator
from chatapp.actions.audit import Actor, record
from chatapp.actions.sessions import revoke_all
from chatapp.actions.system_permissions import SUSPEND_ACCOUNTS
from chatapp.clock import now, to_iso
from chatapp.errors import InvalidInput
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Suspension


@dataclass(frozen=True, slots=True)
class ShownSuspension:
    """A suspension that is in force; `until` is None for a ban."""

    until: datetime | None
    reason: str


def suspend(journal: Journal, actor: Actor, username: str, length: timedelta | None, reason: str) -> None:
    """Ends every session of somebody, and refuses their sign-ins for so long; None is a ban. Replaces an earlier one.

    Raises Forbidden, NotFound, InvalidInput for oneself, and LastAdministrator.
    """

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, SUSPEND_ACCOUNTS)
        if user.id == actor.user_id:
            raise InvalidInput("You cannot suspend yourself.", fields={"username": "is your own"})
        require_other_administrator(transaction, user)
        at = now()
        until = at + length if length is not None else None
        transaction.session.merge(Suspension(user_id=user.id, until=until, reason=reason, began_at=at))
        revoke_all(transaction, user.id)
        if until is None:
            record(transaction, "account_banned", actor, username, reason=reason)
        else:
            record(transaction, "account_suspended", actor, username, until=to_iso(until), reason=reason)

    journal.write(write)


def lift(journal: Journal, actor: Actor, username: str) -> None:
    """Ends a suspension or a ban. Raises Forbidden and NotFound. Nothing happens to whoever has none."""

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, SUSPEND_ACCOUNTS)
        suspension = transaction.session.get(Suspension, user.id)
        if suspension is not None:
            transaction.session.delete(suspension)
            record(transaction, "suspension_lifted", actor, username)

    journal.write(write)


def suspensions_of(user_ids: set[int]) -> dict[int, ShownSuspension]:
    """Those that are in force among these users."""
    at = now()
    rows = db.session.scalars(select(Suspension).where(Suspension.user_id.in_(user_ids)))
    return {row.user_id: ShownSuspension(row.until, row.reason) for row in rows if row.until is None or row.until > at}
