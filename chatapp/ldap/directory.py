"""The directory: whether somebody's password is right, and who they are."""

import logging
from collections.abc import Callable
from typing import TypeVar

from ldap3.utils.conv import escape_filter_chars

from chatapp.bounded_calls import BoundedCalls, TooManyCalls
from chatapp.external_person import Person
from chatapp.ldap.connection import DirectoryConnection, DirectoryFault
from chatapp.ldap.entry import STABLE, Entry, filter_of, normal_name, person_of
from chatapp.ldap.settings import LdapSettings
from chatapp.sign_in_errors import DirectoryUnavailable, GroupRequired

log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""Longest time that all steps of one sign-in take together. A server that sends a byte now and then keeps each step
short."""
CALLS_AT_ONCE = 20
"""Of this process. Each has a connection of its own."""
MOST_GROUPS = 1_000

Result = TypeVar("Result")


class Directory:
    """The configured directory. Nothing is kept between two calls: who is locked out there is so here at once."""

    def __init__(self, settings: LdapSettings) -> None:
        self.settings = settings
        self._calls = BoundedCalls(CALLS_AT_ONCE)

    @property
    def label(self) -> str:
        """The name of the directory for people."""
        return self.settings.label

    def signed_in(self, username: str, password: str) -> Person | None:
        """The person who has this name and password; None for an unknown name, one that several entries have, and a
        wrong password.

        Raises GroupRequired, for the right password, and DirectoryUnavailable.
        """
        return self._asked(lambda: self._signed_in(username, password))

    def confirms(self, subject: str, password: str) -> bool:
        """Whether the password is that of the entry which this subject names. Raises DirectoryUnavailable."""
        return self._asked(lambda: self._confirms(subject, password))

    def _signed_in(self, username: str, password: str) -> Person | None:
        with DirectoryConnection(self.settings) as connection:
            entry = self.find(connection, username)
            groups = self.groups_of(connection, entry) if entry is not None else set()
            # An unknown name costs a bind too: response times must not tell which names exist.
            dn = entry.dn if entry is not None else f"cn=nobody,{self.settings.base_dn}"
            is_right = connection.is_password(dn, password)
        if entry is None or not is_right:
            return None
        if not self.may_sign_in(groups):
            raise GroupRequired("Your account is not in the group that may use this chat.")
        person = person_of(entry, groups, self.settings)
        if person is None:
            log.warning("%r cannot sign in: the directory gives no id for it, and its DN is too long.", entry.dn)
        return person

    def _confirms(self, subject: str, password: str) -> bool:
        dn, condition = filter_of(subject)
        with DirectoryConnection(self.settings) as connection:
            base = self.settings.base_dn if dn is None else dn
            found = connection.search(base, condition, ["1.1"], 2, is_exact=dn is not None)
            return len(found) == 1 and connection.is_password(found[0].dn, password)

    def find(self, connection: DirectoryConnection, username: str) -> Entry | None:
        """The one entry that is called this; None if there is none or are several. Raises DirectoryFault."""
        found = self.find_all(connection, username)
        if len(found) > 1:
            log.warning("Several entries of the directory are called %r: none of them can sign in by it.", username)
        return found[0] if len(found) == 1 and found[0].is_called(username, self.settings) else None

    def find_all(self, connection: DirectoryConnection, username: str) -> list[Entry]:
        """The first two entries that the filter finds. Raises DirectoryFault."""
        settings = self.settings
        condition = settings.user_filter.replace("{username}", escape_filter_chars(username))
        named = [settings.username, settings.first_name, settings.last_name, settings.full_name, settings.email]
        wanted = dict.fromkeys([*named, settings.groups, *settings.login_attributes, "cn", *STABLE])
        return connection.search(settings.base_dn, condition, list(wanted), 2)

    def groups_of(self, connection: DirectoryConnection, entry: Entry) -> set[str]:
        """The groups of an entry, as `normal_name` makes them. Raises DirectoryFault."""
        settings = self.settings
        if not settings.group_filter:
            return {normal_name(text) for text in entry.texts(settings.groups)}
        username = escape_filter_chars(entry.text(settings.username) or "")
        condition = settings.group_filter.replace("{username}", username).replace("{dn}", escape_filter_chars(entry.dn))
        found = connection.search(settings.group_base_dn or settings.base_dn, condition, ["1.1"], MOST_GROUPS)
        return {normal_name(one.dn) for one in found}

    def may_sign_in(self, groups: set[str]) -> bool:
        required = self.settings.required_group
        return required is None or normal_name(required) in groups

    def _asked(self, call: Callable[[], Result]) -> Result:
        """Asks the directory. What exactly went wrong is for the operator, and is in the log."""
        try:
            return self._calls.run(call, CALL_SECONDS)
        except GroupRequired:
            raise
        except TooManyCalls:
            raise self._unavailable("too many people sign in at the same time") from None
        except TimeoutError:
            raise self._unavailable("it did not answer in time") from None
        except DirectoryFault as error:
            raise self._unavailable(str(error)) from None
        except Exception as error:
            # What a broken server answers can break a parser in any way.
            raise self._unavailable(repr(error)) from None

    def _unavailable(self, reason: str) -> DirectoryUnavailable:
        log.warning("The directory cannot be used: %r", reason)
        return DirectoryUnavailable("The directory of accounts cannot be reached, or does not work.")
