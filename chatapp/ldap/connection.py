"""One connection to the directory: encrypted, bounded in time, and closed at the end."""

import ssl
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit

from ldap3 import ANONYMOUS, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.core.results import (
    RESULT_CONSTRAINT_VIOLATION,
    RESULT_INAPPROPRIATE_AUTHENTICATION,
    RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    RESULT_INVALID_CREDENTIALS,
    RESULT_INVALID_DN_SYNTAX,
    RESULT_NO_SUCH_OBJECT,
    RESULT_SIZE_LIMIT_EXCEEDED,
    RESULT_SUCCESS,
    RESULT_UNWILLING_TO_PERFORM,
)

from chatapp.ldap.entry import Entry
from chatapp.ldap.settings import LdapSettings

REFUSALS = (
    RESULT_INVALID_CREDENTIALS,
    RESULT_INAPPROPRIATE_AUTHENTICATION,
    RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    RESULT_INVALID_DN_SYNTAX,
    RESULT_NO_SUCH_OBJECT,
    RESULT_CONSTRAINT_VIOLATION,
    RESULT_UNWILLING_TO_PERFORM,
)
"""Answers to a bind that mean the password is wrong, or that the entry may not sign in now: disabled, locked, without a
password. Any other answer is a fault of the directory or of the settings."""


class DirectoryFault(Exception):
    """The directory cannot be reached or does not do what is asked. The text is a sentence for operators."""


class DirectoryConnection:
    """A connection that is bound as the settings say. Raises DirectoryFault, also from each method."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings
        parts = urlsplit(settings.url)
        server = Server(
            parts.hostname,
            port=parts.port or (636 if parts.scheme == "ldaps" else 389),
            use_ssl=parts.scheme == "ldaps",
            tls=_VerifiedTls(settings.ca_file),
            get_info=NONE,
            connect_timeout=settings.timeout_seconds,
        )
        # No referrals: they would carry the password to wherever they say.
        self._connection = Connection(
            server,
            user=settings.bind_dn,
            password=settings.bind_password,
            authentication=SIMPLE if settings.bind_dn else ANONYMOUS,
            auto_referrals=False,
            check_names=False,
            read_only=True,
            receive_timeout=settings.timeout_seconds,
        )

    def __enter__(self) -> Self:
        try:
            self.open()
            self.bind()
        except DirectoryFault:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Connects, and encrypts unless the settings allow it to be left out."""
        try:
            self._connection.open(read_server_info=False)
            if self._settings.is_encrypted and not self._connection.server.ssl:
                self._connection.start_tls(read_server_info=False)
        except LDAPExceptionError as error:
            raise DirectoryFault(f"{self._settings.url} cannot be reached or is not trusted: {error}") from None

    def bind(self) -> None:
        """Binds as the account that searches."""
        try:
            is_bound = self._connection.bind(read_server_info=False)
        except LDAPExceptionError as error:
            raise DirectoryFault(f"The directory did not answer: {error}") from None
        if not is_bound:
            raise DirectoryFault(
                f"The directory refuses {self._settings.bind_dn or 'an anonymous search'}: {self._said}"
            )

    def search(
        self, base: str, condition: str, attributes: list[str], limit: int, *, is_exact: bool = False
    ) -> list[Entry]:
        """Up to `limit` entries below a DN; with `is_exact` the entry of this DN alone. A DN that does not exist has
        none."""
        scope = BASE if is_exact else SUBTREE
        try:
            self._connection.search(base, condition, scope, attributes=attributes, size_limit=limit)
        except LDAPExceptionError as error:
            raise DirectoryFault(f"The search {condition} failed: {error}") from None
        if self._code not in (RESULT_SUCCESS, RESULT_SIZE_LIMIT_EXCEEDED, RESULT_NO_SUCH_OBJECT):
            raise DirectoryFault(f"The search {condition} below {base} failed: {self._said}")
        found = [one for one in self._connection.response if one["type"] == "searchResEntry"]
        return [Entry(one["dn"], _lowered(one["raw_attributes"])) for one in found]

    def is_password(self, dn: str, password: str) -> bool:
        """Whether the password is that of an entry. The connection is bound as that entry then.

        An empty password is never sent: a directory takes a bind without one for an anonymous one, which succeeds (RFC
        4513 section 5.1.2). Some end a password at its first null byte.
        """
        if not password or "\0" in password:
            return False
        try:
            # As bytes, since the library would prepare a text, and nobody did so when the password was stored.
            is_bound = self._connection.rebind(dn, password.encode(), SIMPLE, read_server_info=False)
        except LDAPExceptionError as error:
            raise DirectoryFault(f"The directory did not answer: {error}") from None
        if not is_bound and self._code not in REFUSALS:
            raise DirectoryFault(f"The directory checks no password: {self._said}")
        return bool(is_bound)

    def close(self) -> None:
        with suppress(LDAPExceptionError, OSError):
            self._connection.unbind()
        # The library leaves it open where connecting failed half way.
        if self._connection.socket is not None:
            self._connection.socket.close()

    @property
    def _code(self) -> int:
        return int(self._connection.result["result"])

    @property
    def _said(self) -> str:
        result = self._connection.result
        return f"{result['description']} {result['message']}".strip()


class _VerifiedTls(Tls):  # type: ignore[misc]
    """TLS whose certificate the standard library verifies, for the very host. The library's own check of the host uses
    what newer versions of Python do not have."""

    def __init__(self, ca_file: str | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=ca_file)

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def _lowered(attributes: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    return {name.lower(): values for name, values in attributes.items()}
