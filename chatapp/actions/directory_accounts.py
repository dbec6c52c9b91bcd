"""Signing in by a username and a password: that of the account, or, where it has none, that of the directory."""

from typing import TYPE_CHECKING

from chatapp.actions import accounts, second_factor
from chatapp.actions.accounts import Credentials, find_active_user
from chatapp.actions.audit import Actor
from chatapp.actions.external_identities import Admission, begin_session_of
from chatapp.actions.profile import take_names
from chatapp.actions.sessions import Caller, Place, record_failure
from chatapp.config import Settings
from chatapp.errors import WrongCredentials
from chatapp.extensions import db
from chatapp.external_person import Person
from chatapp.journal import Journal, Transaction
from chatapp.ldap.configured import configured_directory
from chatapp.models import User
from chatapp.sign_in_errors import GroupRequired, SecondFactorRequired, WrongCode

if TYPE_CHECKING:
    from chatapp.ldap.directory import Directory

METHOD = "directory"


def sign_in(journal: Journal, settings: Settings, key: bytes, given: Credentials, place: Place) -> Caller:
    """Begins a session, as `accounts.sign_in` does. An account with a password of its own is never looked for in the
    directory. That of somebody whom the directory signs in for the first time is made.

    Raises what `accounts.sign_in` raises, and DirectoryUnavailable, GroupRequired, AccountDeactivated and
    JoiningClosed. The answer to an unknown name and to a wrong password is the same.
    """
    directory = configured_directory()
    if directory is None or not given.password or _has_password(given.username):
        return accounts.sign_in(journal, settings, key, given, place)
    person = _person(journal, directory, given, place)
    admission = Admission("open" if directory.settings.join else "closed", directory.settings.link)

    def method(transaction: Transaction, user: User) -> str:
        _take_over(transaction, user, person, place)
        return _second_step(transaction, key, user, given.code)

    try:
        return begin_session_of(journal, settings, admission, person, method, place)
    except WrongCode:
        record_failure(journal, given.username, place, "code")
        raise


def _has_password(typed: str) -> bool:
    user = find_active_user(typed)
    db.session.remove()
    return user is not None and user.password_hash is not None


def _person(journal: Journal, directory: "Directory", given: Credentials, place: Place) -> Person:
    try:
        person = directory.signed_in(given.username, given.password or "")
    except GroupRequired:
        record_failure(journal, given.username, place, METHOD)
        raise
    if person is None:
        record_failure(journal, given.username, place, METHOD)
        raise WrongCredentials("The user does not exist, or the password is wrong.")
    return person


def _take_over(transaction: Transaction, user: User, person: Person, place: Place) -> None:
    """The name and the password are those of the directory from now on, also of an account that was linked just now."""
    user.password_hash = None
    actor = Actor(user.id, user.username, place.address)
    take_names(transaction, user, person.first_name, person.last_name, actor)


def _second_step(transaction: Transaction, key: bytes, user: User, code: str | None) -> str:
    """How the user has signed in, with a code where the account needs one."""
    if not second_factor.is_needed(transaction, user.id):
        return METHOD
    if not code:
        raise SecondFactorRequired("Please enter the code of your authenticator app.")
    return second_factor.use_code(transaction, key, user.id, code)
