"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for whoever has lost it."""

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.fernet import InvalidToken
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, func, select, update

from chatapp.actions.audit import OPERATOR, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.managed_accounts import subject_of
from chatapp.actions.passkeys import remove_all
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import Caller, revoke_all
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import InvalidInput, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import RecoveryCode, SecondFactor, User
from chatapp.random_secrets import hash_of
from chatapp.secret import cipher_of
from chatapp.sign_in_errors import PasswordNeeded, SecondFactorOn, WrongCode

STEPS_AROUND = 1
"""Codes of the step before and after count too: clocks differ, and people type slowly (RFC 6238 section 5.2)."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 random bits: 16 characters of base32, which a fast hash is enough for."""

_TOTP_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What an authenticator app needs, as text and as an `otpauth:` address."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class FactorState:
    """Since when the second factor is on (None: it is off), and how many recovery codes are left."""

    since: datetime | None
    recovery_codes_left: int


def state_of(user_id: int) -> FactorState:
    since = db.session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id))
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return FactorState(since, db.session.scalar(left) or 0)


def is_on(user_id: int) -> bool:
    """Whether the account needs a code to sign in by its password."""
    since = state_of(user_id).since
    db.session.remove()
    return since is not None


def is_needed(transaction: Transaction, user_id: int) -> bool:
    """As `is_on`, within a transaction."""
    row = transaction.session.get(SecondFactor, user_id)
    return row is not None and row.confirmed_at is not None


def use_code(transaction: Transaction, key: bytes, user_id: int, code: str) -> str:
    """Accepts a code, once, and returns how the user has signed in: `code` or `recovery_code`. Raises WrongCode."""
    typed = re.sub(r"[\s-]", "", code)
    row = transaction.session.get(SecondFactor, user_id)
    if _TOTP_CODE.fullmatch(typed):
        if row is None or not _use_step(transaction, user_id, _step_of(key, row, typed)):
            raise _wrong()
        return "code"
    used = transaction.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _hash(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    if used.scalar() is None:
        raise _wrong()
    return "recovery_code"


def begin(
    journal: Journal, settings: Settings, key: bytes, caller: Caller, password: str | None, host: str
) -> NewFactor:
    """Makes a new secret, which is not in force before it is confirmed. `host` is where the account is, for the app.

    Raises WrongPassword, ConfirmationRequired, PasswordNeeded for an account without a password, SecondFactorOn.
    """
    require_confirmation(caller, password)
    secret = pyotp.random_base32()
    encrypted = cipher_of(key).encrypt(secret.encode())
    is_managed = subject_of(caller.user_id) is not None

    def write(transaction: Transaction) -> None:
        user = transaction.session.get_one(User, caller.user_id, with_for_update=True)
        if user.password_hash is None and not is_managed:
            raise PasswordNeeded("The second factor is for accounts with a password.")
        row = transaction.session.get(SecondFactor, caller.user_id)
        if row is not None and row.confirmed_at is not None:
            raise SecondFactorOn("The second factor is on already.")
        if row is not None:
            transaction.session.delete(row)
            transaction.session.flush()
        transaction.session.add(SecondFactor(user_id=caller.user_id, secret=encrypted, created_at=now()))

    journal.write(write)
    uri = pyotp.TOTP(secret).provisioning_uri(name=f"{caller.username}@{host}", issuer_name=shown_name(settings))
    return NewFactor(secret, uri)


def confirm(journal: Journal, key: bytes, caller: Caller, code: str) -> list[str]:
    """Turns the factor on, after a code has shown that the app has the secret. Returns the recovery codes, which are
    known here only. Raises NotFound, SecondFactorOn, and InvalidInput for a wrong code."""
    codes = _new_recovery_codes()
    typed = re.sub(r"\s", "", code)

    def write(transaction: Transaction) -> None:
        row = transaction.session.get(SecondFactor, caller.user_id)
        if row is None:
            raise NotFound("There is no second factor to confirm.")
        if row.confirmed_at is not None:
            raise SecondFactorOn("The second factor is on already.")
        if not _use_step(transaction, caller.user_id, _step_of(key, row, typed)):
            raise InvalidInput("The code is wrong.", fields={"code": "is not the one of now"})
        row.confirmed_at = now()
        _store(transaction, caller.user_id, codes)
        tell_of_change(transaction, caller.user_id, "second_factor_on")
        record(transaction, "second_factor_on", caller.actor, caller.username)

    journal.write(write)
    return codes


def replace_recovery_codes(journal: Journal, caller: Caller, password: str | None) -> list[str]:
    """New recovery codes; the old ones serve no more. Raises WrongPassword, ConfirmationRequired and NotFound."""
    require_confirmation(caller, password)
    codes = _new_recovery_codes()

    def write(transaction: Transaction) -> None:
        _require_on(transaction, caller.user_id)
        _store(transaction, caller.user_id, codes)
        record(transaction, "recovery_codes_replaced", caller.actor, caller.username)

    journal.write(write)
    return codes


def turn_off(journal: Journal, caller: Caller, password: str | None) -> None:
    """Sign-in needs the password alone again. Raises WrongPassword, ConfirmationRequired and NotFound."""
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> None:
        _require_on(transaction, caller.user_id)
        _delete(transaction, caller.user_id)
        tell_of_change(transaction, caller.user_id, "second_factor_off")
        record(transaction, "second_factor_off", caller.actor, caller.username)

    journal.write(write)


def reset(journal: Journal, username: str, *, with_passkeys: bool) -> int:
    """For an operator: turns the factor off for somebody who has lost it, and ends their sessions. With `with_passkeys`
    their passkeys go, too. Returns how many those were. Raises NotFound."""

    def write(transaction: Transaction) -> int:
        user_id = transaction.session.scalar(select(User.id).where(User.username == username))
        if user_id is None:
            raise NotFound("There is no such user.", username=username)
        _delete(transaction, user_id)
        removed = remove_all(transaction, user_id) if with_passkeys else 0
        revoke_all(transaction, user_id)
        tell_of_change(transaction, user_id, "second_factor_off")
        record(transaction, "second_factor_reset", OPERATOR, username, passkeys=removed)
        return removed

    return journal.write(write)


def _use_step(transaction: Transaction, user_id: int, step: int) -> bool:
    """Takes the step of a code, unless it or a later one was taken. A single statement compares and stores, so that of
    two sign-ins with one code one succeeds."""
    taken = transaction.session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.user_id)
    )
    return taken.scalar() is not None


def _step_of(key: bytes, row: SecondFactor, code: str) -> int:
    """The time step whose code this is; 0 for none."""
    try:
        secret = cipher_of(key).decrypt(row.secret).decode()
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now(), valid_window=STEPS_AROUND)
    except (InvalidToken, OTPVerificationError):
        # The first: the installation has another key now. Recovery codes still serve.
        return 0


def _require_on(transaction: Transaction, user_id: int) -> None:
    if not is_needed(transaction, user_id):
        raise NotFound("The second factor is off.")


def _store(transaction: Transaction, user_id: int, codes: list[str]) -> None:
    transaction.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    hashes = [_hash(code.replace("-", "")) for code in codes]
    transaction.session.add_all(RecoveryCode(user_id=user_id, code_hash=one) for one in hashes)


def _delete(transaction: Transaction, user_id: int) -> None:
    for model in (SecondFactor, RecoveryCode):
        transaction.session.execute(delete(model).where(model.user_id == user_id))


def _new_recovery_codes() -> list[str]:
    """`abcd-efgh-ijkl-mnop`, in base32: digits and letters that are not mistaken for each other."""
    texts = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(text[start : start + 4] for start in range(0, len(text), 4)) for text in texts]


def _hash(code: str) -> str:
    return hash_of(code.lower())


def _wrong() -> WrongCode:
    return WrongCode("The code is wrong, or was used before.")
