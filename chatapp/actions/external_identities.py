"""Signing in by a provider or the directory: the account is known by its identity there, found by e-mail, or made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatapp.actions.accounts import NewUser, insert_users
from chatapp.actions.audit import Actor, record
from chatapp.actions.installation_settings import Joining, chosen
from chatapp.actions.invites import follow_invite, use_invite
from chatapp.actions.provider_roles import take_role
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import Caller, Place, begin_session
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import Conflict, JoiningClosed
from chatapp.extensions import db
from chatapp.external_person import Person
from chatapp.journal import Journal, Transaction
from chatapp.models import ExternalIdentity, User
from chatapp.oidc.settings import ProviderSettings
from chatapp.username_rule import USERNAME_CHARACTERS

ATTEMPTS = 3
"""Another process may add the same identity, or take the same name, at the same time. The next attempt sees that."""
NAMES_TRIED = 1_000


class _Overtaken(Exception):
    """Another process has added an account with this address since it was looked for."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What somebody without an account may get: a new one, by the way of joining, or that of their verified address."""

    joining: Joining
    may_link: bool


Method = Callable[[Transaction, User], str]
"""Says how a user has shown who they are, or raises."""


def sign_in_person(
    journal: Journal,
    settings: Settings,
    provider: ProviderSettings,
    person: Person,
    invite: str | None,
    place: Place,
) -> Caller:
    """Begins a session of somebody whom a provider has signed in. The account is linked or made at the first sign-in.

    Raises AccountDeactivated, AccountSuspended, JoiningClosed and InviteInvalid.
    """
    admission = Admission(_joining(settings, provider, person), provider.link)
    return begin_session_of(journal, settings, admission, person, lambda _transaction, _user: "provider", place, invite)


def begin_session_of(
    journal: Journal,
    settings: Settings,
    admission: Admission,
    person: Person,
    method: Method,
    place: Place,
    invite: str | None = None,
) -> Caller:
    """Begins a session of the person's account, which is linked or made at the first sign-in.

    Raises AccountDeactivated, JoiningClosed, InviteInvalid, and what `method` raises.
    """
    db.session.remove()

    def write(transaction: Transaction) -> Caller:
        user = known_user(transaction.session, person.issuer, person.subject)
        user = user or _linked(transaction, admission, person, place)
        user = user or _made(transaction, admission, person, invite, place)
        shown = method(transaction, user)
        take_role(transaction, user, person.role, Actor(user.id, user.username, place.address))
        return begin_session(transaction, settings, user.id, user.username, shown, place)

    for _ in range(ATTEMPTS - 1):
        try:
            return journal.write(write)
        except (IntegrityError, _Overtaken):
            pass
    return journal.write(write)


def known_user(session: Session, issuer: str, subject: str) -> User | None:
    """The user who has this identity."""
    query = select(User).join(ExternalIdentity, ExternalIdentity.user_id == User.id)
    return session.scalar(query.where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject))


def _joining(settings: Settings, provider: ProviderSettings, person: Person) -> Joining:
    """Who may have an account made. A provider with domains makes none for other, or unverified, addresses."""
    domain = (person.email or "").rpartition("@")[2]
    if provider.join == "no" or (provider.domains and domain not in provider.domains):
        return "closed"
    return "open" if provider.join == "yes" else chosen(settings).joining


def _linked(transaction: Transaction, admission: Admission, person: Person, place: Place) -> User | None:
    """The account with the verified address. Of an unverified one anybody can say that it is theirs."""
    user = None
    if admission.may_link and person.email is not None:
        user = transaction.session.scalar(select(User).where(User.email == person.email))
    if user is not None and user.is_active:
        _link(transaction, user, person)
        actor = Actor(user.id, user.username, place.address)
        tell_of_change(transaction, user.id, "identity_linked")
        record(transaction, "identity_linked", actor, user.username, issuer=person.issuer)
    return user


def _made(transaction: Transaction, admission: Admission, person: Person, invite: str | None, place: Place) -> User:
    if admission.joining == "closed":
        raise JoiningClosed("Accounts are made by whoever runs this server.")
    used = use_invite(transaction, admission.joining, invite)
    user = _inserted(transaction, person)
    user.role = used.role
    follow_invite(transaction, used, user.id)
    _take_address(transaction, user, admission, person)
    _link(transaction, user, person)
    actor = Actor(user.id, user.username, place.address)
    record(transaction, "joined", actor, user.username, invitation=used.number, issuer=person.issuer, **used.details)
    return user


def _take_address(transaction: Transaction, user: User, admission: Admission, person: Person) -> None:
    """Gives a new account the person's verified address, unless another one has it that may not be linked."""
    if person.email is None:
        return
    is_taken = transaction.session.scalar(select(User.id).where(User.email == person.email)) is not None
    if is_taken and admission.may_link:
        raise _Overtaken
    if not is_taken:
        user.email = person.email


def _inserted(transaction: Transaction, person: Person) -> User:
    """Adds a user by the name that the person has elsewhere, or with the first number after it that is free."""
    for name in _candidates(person.username):
        try:
            with transaction.session.begin_nested():
                (user_id,) = insert_users(transaction, [NewUser(name, person.first_name, person.last_name)], {})
        except Conflict:
            continue
        return transaction.session.get_one(User, user_id)
    raise Conflict("No name is free for this account.")


def _candidates(name: str) -> Iterator[str]:
    yield name
    for number in range(2, NAMES_TRIED):
        yield name[: USERNAME_CHARACTERS - len(str(number))] + str(number)


def _link(transaction: Transaction, user: User, person: Person) -> None:
    transaction.session.add(
        ExternalIdentity(
            user_id=user.id, issuer=person.issuer, subject=person.subject, email=person.email, created_at=now()
        )
    )
    transaction.session.flush()
