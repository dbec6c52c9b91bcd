"""Somebody who has shown elsewhere who they are, and how what is known of them there becomes an account here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chatapp.models.user import ADMINISTRATOR, GUEST, MEMBER, MODERATOR
from chatapp.payload_fields import FirstName, LastName, NewUsername
from chatapp.username_rule import USERNAME_CHARACTERS

SUBJECT_CHARACTERS = 255
"""OpenID Connect Core section 2: a subject has at most 255 ASCII characters."""
ROLES = (GUEST, MEMBER, MODERATOR, ADMINISTRATOR)
"""The roles that groups elsewhere can give, the lowest first."""

_UNFIT = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a provider or the directory has signed in. `email` is verified, or None; `role` is None where the
    settings give no roles."""

    issuer: str
    subject: str
    email: str | None
    username: str
    first_name: str
    last_name: str
    role: str | None


def username_of(*names: Any) -> str:
    """The first of these texts that can be made a username; `user` if none can."""
    for name in names:
        if isinstance(name, str):
            fitting = _UNFIT.sub("-", name.partition("@")[0]).strip("-.+")[:USERNAME_CHARACTERS]
            if found := fit(NewUsername, fitting):
                return found
    return "user"


def names_of(given: Any, family: Any, whole: Any) -> tuple[str, str]:
    """The first and the last name; both may be empty."""
    first, last = fit(FirstName, given), fit(LastName, family)
    if first:
        return first, last or ""
    return fit(FirstName, whole) or "", ""


def highest_role(groups: Iterable[str], roles: Mapping[str, str]) -> str:
    """The highest role that a group gives; that of a member where none does."""
    return max((roles[group] for group in groups if group in roles), key=ROLES.index, default=MEMBER)


def fit(kind: Any, text: Any) -> str | None:
    """The text as a field of this type; None if it cannot be one."""
    try:
        found: str = TypeAdapter(kind).validate_python(text, strict=True)
    except ValidationError:
        return None
    return found
