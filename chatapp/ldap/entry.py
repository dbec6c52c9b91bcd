"""An entry of the directory: its values, its stable name, and the person whom it is of."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from ldap3.core.exceptions import LDAPInvalidDnError
from ldap3.utils.conv import escape_bytes, escape_filter_chars
from ldap3.utils.dn import parse_dn

from chatapp.external_person import SUBJECT_CHARACTERS, Person, fit, highest_role, names_of, username_of
from chatapp.ldap.settings import LdapSettings
from chatapp.models.external_identity import DIRECTORY
from chatapp.payload_fields import EmailAddress
from chatapp.username_rule import name_key

STABLE = ("entryUUID", "objectGUID")
"""Attributes that name an entry for good, also after it was renamed or moved (RFC 4530; Active Directory)."""

_UUID = re.compile(r"[0-9A-Fa-f-]{36}")


@dataclass(frozen=True, slots=True)
class Entry:
    """`values` are those of each attribute, by its name in small letters."""

    dn: str
    values: dict[str, list[bytes]]

    def texts(self, attribute: str) -> list[str]:
        return [text for raw in self.values.get(attribute.lower(), []) if (text := _text(raw)) is not None]

    def text(self, attribute: str) -> str | None:
        return next(iter(self.texts(attribute)), None)

    def is_called(self, typed: str, settings: LdapSettings) -> bool:
        """Whether the entry has exactly what somebody has typed. A directory also finds it by other spellings, with
        which its password could be guessed more often than the limits allow."""
        names = {name_key(text) for attribute in settings.login_attributes for text in self.texts(attribute)}
        return name_key(typed) in names

    @property
    def subject(self) -> str | None:
        """The name of the entry for good: an id, or its DN where the directory shows none. None if that is too long."""
        for attribute in STABLE:
            for raw in self.values.get(attribute.lower(), []):
                if found := _stable_id(attribute, raw):
                    return f"{attribute}:{found}"
        subject = f"dn:{normal_name(self.dn)}"
        return subject if len(subject) <= SUBJECT_CHARACTERS else None


def filter_of(subject: str) -> tuple[str | None, str]:
    """How the entry of a subject is found: the DN to look at, None for anywhere, and the filter."""
    attribute, _, value = subject.partition(":")
    if attribute == "dn":
        return value, "(objectClass=*)"
    if attribute == "objectGUID":
        return None, f"(objectGUID={escape_bytes(uuid.UUID(value).bytes_le)})"
    return None, f"(entryUUID={escape_filter_chars(value)})"


def person_of(entry: Entry, groups: Collection[str], settings: LdapSettings) -> Person | None:
    """The person of an entry; None if nothing names it for good. The e-mail address counts as verified where the
    settings trust it to link accounts."""
    if entry.subject is None:
        return None
    email = fit(EmailAddress, entry.text(settings.email)) if settings.link else None
    username = username_of(entry.text(settings.username), *map(entry.text, settings.login_attributes))
    full_name = entry.text(settings.full_name) or entry.text("cn")
    first, last = names_of(entry.text(settings.first_name), entry.text(settings.last_name), full_name)
    roles = {normal_name(name): role for name, role in (settings.roles or {}).items()}
    role = None if settings.roles is None else highest_role(groups, roles)
    return Person(DIRECTORY, entry.subject, email, username, first or username, last, role)


def normal_name(text: str) -> str:
    """The name of a group or a DN in the form in which they are compared: case does not count, nor do the spaces around
    the parts of a DN."""
    try:
        return "".join(f"{name}={value}{end}" for name, value, end in parse_dn(text, strip=True)).lower()
    except LDAPInvalidDnError:
        return text.strip().lower()


def _stable_id(attribute: str, raw: bytes) -> str | None:
    if attribute == "objectGUID":
        return str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else None
    text = _text(raw) or ""
    return text.lower() if _UUID.fullmatch(text) else None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
