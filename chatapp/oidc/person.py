"""What a provider's claims say of a person: name, verified e-mail address, groups."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chatapp.models.user import MEMBER
from chatapp.oidc.settings import ROLES, ProviderSettings
from chatapp.payload_fields import USERNAME_CHARACTERS, EmailAddress, FirstName, LastName, NewUsername

SUBJECT_CHARACTERS = 255
"""OpenID Connect Core section 2: a subject has at most 255 ASCII characters."""

Claims = dict[str, Any]

_UNFIT = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """The claims of a verified ID token, and those of the userinfo endpoint, which are empty where there is none."""

    id_token: Claims
    userinfo: Claims


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a provider has signed in. `email` is verified, or None; `role` is None where the provider's
    settings give no roles."""

    issuer: str
    subject: str
    email: str | None
    username: str
    first_name: str
    last_name: str
    role: str | None


def person_of(answer: Answer, settings: ProviderSettings) -> Person | None:
    """The person of an answer; None if its subject is none."""
    subject = answer.id_token["sub"]
    if not (0 < len(subject) <= SUBJECT_CHARACTERS and subject.isascii() and subject.isprintable()):
        return None
    claims = {**answer.userinfo, **answer.id_token}
    email = _verified_email(answer.id_token) or _verified_email(answer.userinfo)
    username = _username(claims, email)
    first, last = _names(claims)
    return Person(settings.issuer, subject, email, username, first or username, last, _role(claims, settings))


def _verified_email(claims: Claims) -> str | None:
    """Both claims are of one document: an address of one and a `verified` of another would not belong together."""
    verified = claims.get("email_verified")
    # Cognito sends text.
    is_verified = verified is True or verified == "true"
    return _fit(EmailAddress, claims.get("email")) if is_verified else None


def _username(claims: Claims, email: str | None) -> str:
    for name in (claims.get("preferred_username"), claims.get("nickname"), email):
        if isinstance(name, str):
            fit = _UNFIT.sub("-", name.partition("@")[0]).strip("-.+")[:USERNAME_CHARACTERS]
            if found := _fit(NewUsername, fit):
                return found
    return "user"


def _names(claims: Claims) -> tuple[str, str]:
    given, family = _fit(FirstName, claims.get("given_name")), _fit(LastName, claims.get("family_name"))
    if given:
        return given, family or ""
    return _fit(FirstName, claims.get("name")) or "", ""


def _role(claims: Claims, settings: ProviderSettings) -> str | None:
    """The highest role that a group gives; that of a member where none does."""
    if settings.roles is None:
        return None
    found = [settings.roles[group] for group in _groups(claims, settings.groups_claim) if group in settings.roles]
    return max(found, key=ROLES.index, default=MEMBER)


def _groups(claims: Claims, name: str) -> list[str]:
    """A claim of this very name, or a place within claims, such as `realm_access.roles`. Some providers send one name
    alone, or an object whose keys are the names."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    names = [found] if isinstance(found, str) else found
    return [one for one in names if isinstance(one, str)] if isinstance(names, list | dict) else []


def _fit(kind: Any, text: Any) -> str | None:
    """The text as a field of this type; None if it cannot be one."""
    try:
        fit: str = TypeAdapter(kind).validate_python(text, strict=True)
    except ValidationError:
        return None
    return fit
