"""Invitations, and joining: people make their own account, and an invitation says who may."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from chatapp.actions.accounts import NewUser, insert_users
from chatapp.actions.audit import Actor, record
from chatapp.actions.installation_settings import Joining, chosen
from chatapp.actions.sessions import Caller, Place, begin_session
from chatapp.actions.system_permissions import MAKE_INVITATIONS, SEE_INVITATIONS, require
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import InviteInvalid, JoiningClosed, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Invite
from chatapp.passwords import hash_password, require_uncommon
from chatapp.random_secrets import hash_of, new_secret


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invitation that was just made. Its secret is known here only, since a hash of it is stored."""

    id: int
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListedInvite:
    """An invitation as shown to an operator."""

    id: int
    expires_at: datetime
    uses: int
    uses_allowed: int
    is_valid: bool


def add_invite(journal: Journal, actor: Actor, uses_allowed: int, lasts: timedelta) -> NewInvite:
    """Makes an invitation for this number of accounts. Raises Forbidden."""
    require(actor.role, MAKE_INVITATIONS)
    secret, at = new_secret(), now()
    row = Invite(secret_hash=hash_of(secret), created_at=at, expires_at=at + lasts, uses_allowed=uses_allowed, uses=0)

    def job(transaction: Transaction) -> int:
        transaction.session.add(row)
        transaction.session.flush()
        record(transaction, "invitation_added", actor, str(row.id), uses=uses_allowed)
        return row.id

    return NewInvite(journal.write(job), secret, at + lasts)


def list_invites(actor: Actor) -> list[ListedInvite]:
    """All invitations, the newest first. Raises Forbidden."""
    require(actor.role, SEE_INVITATIONS)
    at = now()
    return [
        ListedInvite(row.id, row.expires_at, row.uses, row.uses_allowed, _is_valid(row, at))
        for row in db.session.scalars(select(Invite).order_by(Invite.id.desc()))
    ]


def revoke_invite(journal: Journal, actor: Actor, invite_id: int) -> None:
    """Nobody can use the invitation any more. Raises Forbidden and NotFound."""
    require(actor.role, MAKE_INVITATIONS)

    def job(transaction: Transaction) -> None:
        row = transaction.session.get(Invite, invite_id)
        if row is None:
            raise NotFound("There is no such invitation.", invite=invite_id)
        if row.revoked_at is None:
            row.revoked_at = now()
            record(transaction, "invitation_revoked", actor, str(invite_id))

    journal.write(job)


def require_invite(joining: Joining, secret: str | None) -> datetime | None:
    """When the invitation expires; None where everybody may join. Raises JoiningClosed and InviteInvalid."""
    if joining == "open":
        return None
    if joining == "closed":
        raise JoiningClosed("Accounts are made by whoever runs this server.")
    row = db.session.scalar(select(Invite).where(Invite.secret_hash == hash_of(secret or "")))
    expires_at = row.expires_at if row is not None and _is_valid(row, now()) else None
    db.session.remove()
    if expires_at is None:
        raise _invalid()
    return expires_at


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joins: with a password, or with the step that stores their passkey (`passkeys.checked`)."""

    user: NewUser
    invite: str | None
    password: str | None = None
    store_passkey: Callable[[Transaction, int], object] | None = None


def join(journal: Journal, settings: Settings, newcomer: Newcomer, place: Place) -> Caller:
    """Makes an account and signs it in. Using the invitation and adding the user are one transaction.

    Raises JoiningClosed, InviteInvalid, PasswordCommon, Conflict for a name that is taken or looks like one that is,
    and what storing the passkey raises.
    """
    # A hash costs 50 ms of a processor. Only who is invited may cause one.
    installation = chosen(settings)
    joining = installation.joining
    require_invite(joining, newcomer.invite)
    user, store_passkey = newcomer.user, newcomer.store_passkey
    if newcomer.password:
        require_uncommon(newcomer.password, *user.names, installation.name)
    hashes = {user.username: hash_password(newcomer.password)} if newcomer.password else {}

    def job(transaction: Transaction) -> Caller:
        invite = use_invite(transaction, newcomer.invite or "") if joining == "invite" else None
        (user_id,) = insert_users(transaction, [user], hashes)
        if store_passkey is not None:
            store_passkey(transaction, user_id)
        method = "passkey" if store_passkey is not None else "invitation" if invite is not None else "password"
        record(transaction, "joined", Actor(user_id, user.username, place.address), user.username, invitation=invite)
        return begin_session(transaction, settings, user_id, user.username, method, place)

    return journal.write(job)


def use_invite(transaction: Transaction, secret: str) -> int:
    """Counts one use, and returns the number of the invitation. Raises InviteInvalid.

    A single statement compares and adds, so that two processes never exceed the number together.
    """
    used = transaction.session.execute(
        update(Invite)
        .where(
            Invite.secret_hash == hash_of(secret),
            Invite.revoked_at.is_(None),
            Invite.expires_at > now(),
            Invite.uses < Invite.uses_allowed,
        )
        .values(uses=Invite.uses + 1)
        .returning(Invite.id)
    )
    number: int | None = used.scalar()
    if number is None:
        raise _invalid()
    return number


def _invalid() -> InviteInvalid:
    return InviteInvalid("This invitation is not valid, or no longer.")


def _is_valid(row: Invite, at: datetime) -> bool:
    return row.revoked_at is None and row.expires_at > at and row.uses < row.uses_allowed
