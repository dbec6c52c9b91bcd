"""Invitations, and joining: people make their own account, and an invitation says who may."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from chatapp.actions.accounts import NewUser, insert_users
from chatapp.actions.audit import Actor, record
from chatapp.actions.guests import join_named_groups, name_groups, named_groups
from chatapp.actions.installation_settings import Joining, chosen
from chatapp.actions.sessions import Caller, Place, begin_session
from chatapp.actions.system_permissions import MAKE_INVITATIONS, SEE_INVITATIONS, require
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import InviteInvalid, JoiningClosed, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Invite
from chatapp.models.user import GUEST, MEMBER
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
    """An invitation as shown to an operator. `groups` are the names of those that a guest becomes a member of."""

    id: int
    expires_at: datetime
    uses: int
    uses_allowed: int
    is_valid: bool
    role: str
    groups: list[str]


def add_invite(
    journal: Journal, actor: Actor, uses_allowed: int, lasts: timedelta, group_ids: Collection[str] = ()
) -> NewInvite:
    """Makes an invitation for this number of accounts. With groups it is one for guests, who become members of these.

    Raises Forbidden, and NotFound for a group that does not exist.
    """
    require(actor.role, MAKE_INVITATIONS)
    secret, at = new_secret(), now()
    role = GUEST if group_ids else MEMBER

    def write(transaction: Transaction) -> int:
        row = Invite(
            secret_hash=hash_of(secret),
            created_at=at,
            expires_at=at + lasts,
            uses_allowed=uses_allowed,
            uses=0,
            role=role,
        )
        transaction.session.add(row)
        transaction.session.flush()
        name_groups(transaction, row.id, group_ids)
        details = {"groups": sorted(set(group_ids))} if group_ids else {}
        record(transaction, "invitation_added", actor, str(row.id), uses=uses_allowed, **details)
        return row.id

    return NewInvite(journal.write(write), secret, at + lasts)


def list_invites(actor: Actor) -> list[ListedInvite]:
    """All invitations, the newest first. Raises Forbidden."""
    require(actor.role, SEE_INVITATIONS)
    at, groups = now(), named_groups()
    return [
        ListedInvite(
            row.id,
            row.expires_at,
            row.uses,
            row.uses_allowed,
            _is_valid(row, at),
            row.role,
            groups.get(row.id, []),
        )
        for row in db.session.scalars(select(Invite).order_by(Invite.id.desc()))
    ]


def revoke_invite(journal: Journal, actor: Actor, invite_id: int) -> None:
    """Nobody can use the invitation any more. Raises Forbidden and NotFound."""
    require(actor.role, MAKE_INVITATIONS)

    def write(transaction: Transaction) -> None:
        row = transaction.session.get(Invite, invite_id)
        if row is None:
            raise NotFound("There is no such invitation.", invite=invite_id)
        if row.revoked_at is None:
            row.revoked_at = now()
            record(transaction, "invitation_revoked", actor, str(invite_id))

    journal.write(write)


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

    Raises JoiningClosed, InviteInvalid, LimitReached, PasswordCommon, Conflict for a name that is taken or looks like
    one that is, and what storing the passkey raises.
    """
    # A hash costs 50 ms of a processor. Only who is invited may cause one.
    installation = chosen(settings)
    joining = installation.joining
    require_invite(joining, newcomer.invite)
    user, store_passkey = newcomer.user, newcomer.store_passkey
    if newcomer.password:
        require_uncommon(newcomer.password, *user.names, installation.name)
    hashes = {user.username: hash_password(newcomer.password)} if newcomer.password else {}

    def write(transaction: Transaction) -> Caller:
        invite = use_invite(transaction, joining, newcomer.invite)
        (user_id,) = insert_users(transaction, [replace(user, role=invite.role)], hashes)
        follow_invite(transaction, invite, user_id)
        if store_passkey is not None:
            store_passkey(transaction, user_id)
        method = "passkey" if store_passkey is not None else "invitation" if invite.number is not None else "password"
        actor = Actor(user_id, user.username, place.address)
        record(transaction, "joined", actor, user.username, invitation=invite.number, **invite.details)
        return begin_session(transaction, settings, user_id, user.username, method, place)

    return journal.write(write)


@dataclass(frozen=True, slots=True)
class UsedInvite:
    """The invitation that an account is made with, by its number, and the account's role; None for no invitation."""

    number: int | None = None
    role: str = MEMBER

    @property
    def details(self) -> dict[str, str]:
        """What the audit log has of it, beside the number."""
        return {"role": self.role} if self.role != MEMBER else {}


def use_invite(transaction: Transaction, joining: Joining, secret: str | None) -> UsedInvite:
    """Counts one use of the invitation. Where everybody may join it need not be valid, but a guest's still makes a
    guest. Raises InviteInvalid."""
    if joining == "open" and not secret:
        return UsedInvite()
    row = _count_use(transaction, secret or "")
    if row is None and joining != "open":
        raise _invalid()
    return UsedInvite() if row is None else UsedInvite(row.id, row.role)


def follow_invite(transaction: Transaction, invite: UsedInvite, user_id: int) -> None:
    """Makes a new guest a member of the groups of the invitation. Raises InviteInvalid and LimitReached."""
    if invite.number is not None and invite.role == GUEST:
        join_named_groups(transaction, invite.number, user_id)


def _count_use(transaction: Transaction, secret: str) -> Any:
    """A single statement compares and adds, so that two processes never exceed the number together."""
    used = transaction.session.execute(
        update(Invite)
        .where(
            Invite.secret_hash == hash_of(secret),
            Invite.revoked_at.is_(None),
            Invite.expires_at > now(),
            Invite.uses < Invite.uses_allowed,
        )
        .values(uses=Invite.uses + 1)
        .returning(Invite.id, Invite.role)
    )
    return used.one_or_none()


def _invalid() -> InviteInvalid:
    return InviteInvalid("This invitation is not valid, or no longer.")


def _is_valid(row: Invite, at: datetime) -> bool:
    return row.revoked_at is None and row.expires_at > at and row.uses < row.uses_allowed
