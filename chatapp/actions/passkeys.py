"""Passkeys: sign in with one, add, list, rename, remove."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import base64url_to_bytes

from chatapp.actions.audit import Actor, record
from chatapp.actions.ceremonies import (
    AnswerInvalid,
    Assertion,
    MadeCredential,
    RelyingParty,
    Subject,
    client_data_of,
    creation_options,
    request_options,
    verified_assertion,
    verified_creation,
)
from chatapp.actions.challenges import new_challenge, require_challenge, use_challenge, user_handle_of
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.managed_accounts import subject_of
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import Caller, Place, begin_session, record_failure
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import LimitReached, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Passkey, User
from chatapp.sign_in_errors import LastWayIn, PasskeyInvalid, PasskeyRefused
from chatapp.username_rule import name_key

MOST_PASSKEYS = 20
"""Passkeys of one account."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One exchange with a browser: for whom passkeys are, the key of challenges, and what the challenge is for."""

    party: RelyingParty
    key: bytes
    purpose: str

    def challenge(self) -> bytes:
        return new_challenge(self.key, self.purpose)


@dataclass(frozen=True, slots=True)
class ListedPasskey:
    """A passkey as shown to its user, named by its credential id. `is_backed_up`: it is copied to other devices of
    theirs."""

    id: str
    name: str
    is_backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


def sign_in_options(ceremony: Ceremony) -> dict[str, Any]:
    """What a browser is asked to sign in. The same for everybody."""
    return request_options(ceremony.party.domain, ceremony.challenge())


def sign_in(
    journal: Journal,
    settings: Settings,
    ceremony: Ceremony,
    credential: dict[str, Any],
    username: str | None,
    place: Place,
) -> Caller:
    """Begins a session by a passkey; with a username only by one of that account.

    Raises ChallengeInvalid, and the same PasskeyRefused for everything else that is wrong.
    """
    try:
        client_data = client_data_of(credential, ceremony.party)
        require_challenge(ceremony.key, ceremony.purpose, client_data.challenge)
        passkey, user = _find(credential, username)
    except AnswerInvalid:
        _refuse(journal, username or "", place)
    user_id, name, passkey_id = user.id, user.username, passkey.id
    try:
        assertion = verified_assertion(credential, ceremony.party, client_data, passkey.public_key)
    except AnswerInvalid:
        _refuse(journal, name, place)

    def write(transaction: Transaction) -> Caller | None:
        use_challenge(transaction, client_data.challenge)
        if not _count(transaction, passkey_id, assertion):
            copied = transaction.session.get(Passkey, passkey_id)
            if copied is not None:
                record(transaction, "passkey_copied", Actor(None, "", place.address), name, name=copied.name)
            return None
        return begin_session(transaction, settings, user_id, name, "passkey", place)

    caller = journal.write(write)
    if caller is None:
        _refuse(journal, name, place)
    return caller


def _find(credential: dict[str, Any], username: str | None) -> tuple[Passkey, User]:
    """The passkey and its active user. Raises AnswerInvalid."""
    query = (
        select(Passkey, User)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential_id == credential["id"], User.is_active)
    )
    row = db.session.execute(query).one_or_none()
    db.session.remove()
    if row is None or (username is not None and name_key(username) != name_key(row[1].username)):
        raise AnswerInvalid
    handle = credential["response"].get("userHandle")
    if handle and not hmac.compare_digest(base64url_to_bytes(handle), row[0].user_handle):
        raise AnswerInvalid
    return row[0], row[1]


def _count(transaction: Transaction, passkey_id: int, assertion: Assertion) -> bool:
    """Stores the count of signatures, if it has risen. If not, there is a copy of the authenticator; those that count
    nothing say 0 each time. A single statement compares and stores, so that of two answers one counts."""
    counted = assertion.sign_count
    has_risen = Passkey.sign_count < counted
    stored = transaction.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey_id, or_(has_risen, Passkey.sign_count == 0) if counted == 0 else has_risen)
        .values(sign_count=counted, last_used_at=now(), is_backed_up=assertion.is_backed_up)
        .returning(Passkey.id)
    )
    return stored.scalar() is not None


def _refuse(journal: Journal, username: str, place: Place) -> NoReturn:
    record_failure(journal, username, place, "passkey")
    raise PasskeyRefused("This passkey does not sign in here.")


def add_options(settings: Settings, ceremony: Ceremony, caller: Caller) -> dict[str, Any]:
    """What a browser is asked to make a passkey for the caller. Raises LimitReached."""
    existing = list(db.session.scalars(select(Passkey).where(Passkey.user_id == caller.user_id)))
    user = db.session.get_one(User, caller.user_id)
    full_name = f"{user.first_name} {user.last_name}".strip()
    db.session.remove()
    if len(existing) >= MOST_PASSKEYS:
        raise _too_many()
    challenge = ceremony.challenge()
    handle = existing[0].user_handle if existing else user_handle_of(ceremony.key, challenge)
    subject = Subject(handle, caller.username, full_name)
    return creation_options(ceremony.party.domain, shown_name(settings), challenge, subject, existing)


def join_options(settings: Settings, ceremony: Ceremony, username: str, full_name: str) -> dict[str, Any]:
    """What a browser is asked to make the passkey of a new account."""
    challenge = ceremony.challenge()
    subject = Subject(user_handle_of(ceremony.key, challenge), username, full_name)
    return creation_options(ceremony.party.domain, shown_name(settings), challenge, subject, [])


def checked(ceremony: Ceremony, name: str, credential: dict[str, Any]) -> Callable[[Transaction, int], ListedPasskey]:
    """Verifies a new passkey, and returns the step that stores it for a user in a transaction.

    Raises PasskeyInvalid and ChallengeInvalid; so does the step, and LimitReached.
    """
    try:
        client_data = client_data_of(credential, ceremony.party)
        require_challenge(ceremony.key, ceremony.purpose, client_data.challenge)
        made = verified_creation(credential, ceremony.party, client_data)
    except AnswerInvalid as error:
        raise _unverified() from error

    def store(transaction: Transaction, user_id: int) -> ListedPasskey:
        use_challenge(transaction, client_data.challenge)
        return _insert(transaction, user_id, name, made, user_handle_of(ceremony.key, client_data.challenge))

    return store


def add(journal: Journal, ceremony: Ceremony, caller: Caller, name: str, credential: dict[str, Any]) -> ListedPasskey:
    """Adds a passkey to the caller's account. Raises PasskeyInvalid, ChallengeInvalid and LimitReached."""
    store = checked(ceremony, name, credential)

    def write(transaction: Transaction) -> ListedPasskey:
        added = store(transaction, caller.user_id)
        tell_of_change(transaction, caller.user_id, "passkey_added")
        record(transaction, "passkey_added", caller.actor, caller.username, name=name)
        return added

    return journal.write(write)


def _insert(transaction: Transaction, user_id: int, name: str, made: MadeCredential, handle: bytes) -> ListedPasskey:
    handles = list(transaction.session.scalars(select(Passkey.user_handle).where(Passkey.user_id == user_id)))
    if len(handles) >= MOST_PASSKEYS:
        raise _too_many()
    row = Passkey(
        user_id=user_id,
        user_handle=handles[0] if handles else handle,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        aaguid=made.aaguid,
        name=name,
        is_backed_up=made.is_backed_up,
        created_at=now(),
    )
    transaction.session.add(row)
    try:
        transaction.session.flush()
    except IntegrityError as error:
        # The id is the authenticator's to choose. One that is taken is no new passkey (WebAuthn section 7.1, step 26).
        raise _unverified() from error
    return _listed(row)


def list_passkeys(user_id: int) -> list[ListedPasskey]:
    """The passkeys of a user, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return [_listed(row) for row in db.session.scalars(query)]


def rename(journal: Journal, caller: Caller, credential_id: str, name: str) -> ListedPasskey:
    """Gives one of the caller's passkeys another name. Raises NotFound."""

    def write(transaction: Transaction) -> ListedPasskey:
        row = _own(transaction, caller, credential_id)
        row.name = name
        return _listed(row)

    return journal.write(write)


def remove(journal: Journal, settings: Settings, caller: Caller, credential_id: str) -> None:
    """Removes one of the caller's passkeys. Raises NotFound, and LastWayIn if nobody could sign in after that."""

    is_managed = subject_of(caller.user_id) is not None

    def write(transaction: Transaction) -> None:
        # Locked, so that two removals at once do not each find the other's passkey.
        user = transaction.session.get_one(User, caller.user_id, with_for_update=True)
        row = _own(transaction, caller, credential_id)
        count = select(func.count()).select_from(Passkey).where(Passkey.user_id == caller.user_id)
        is_needed = settings.sign_in == "password" and user.password_hash is None and not is_managed
        if is_needed and transaction.session.scalar(count) == 1:
            raise LastWayIn("Without this passkey you could not sign in any more. Add another one first.")
        transaction.session.delete(row)
        record(transaction, "passkey_removed", caller.actor, caller.username, name=row.name)

    journal.write(write)


def remove_all(transaction: Transaction, user_id: int) -> int:
    """Removes every passkey of a user. Returns how many they were."""
    removed = transaction.session.execute(delete(Passkey).where(Passkey.user_id == user_id).returning(Passkey.id))
    return len(removed.all())


def _own(transaction: Transaction, caller: Caller, credential_id: str) -> Passkey:
    query = select(Passkey).where(Passkey.credential_id == credential_id, Passkey.user_id == caller.user_id)
    row = transaction.session.scalar(query)
    if row is None:
        raise NotFound("There is no such passkey.")
    return row


def _listed(row: Passkey) -> ListedPasskey:
    return ListedPasskey(row.credential_id, row.name, row.is_backed_up, row.created_at, row.last_used_at)


def _too_many() -> LimitReached:
    return LimitReached(f"An account can have {MOST_PASSKEYS} passkeys.", limit=MOST_PASSKEYS)


def _unverified() -> PasskeyInvalid:
    return PasskeyInvalid("The answer of the browser or the security key cannot be verified.")
