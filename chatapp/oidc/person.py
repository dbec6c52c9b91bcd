"""What a provider's claims say of a person: name, verified e-mail address, groups."""

from dataclasses import dataclass
from typing import Any

from chatapp.external_person import SUBJECT_CHARACTERS, Person, fit, highest_role, names_of, username_of
from chatapp.oidc.settings import ProviderSettings
from chatapp.payload_fields import EmailAddress

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The claims of a verified ID token, and those of the userinfo endpoint, which are empty where there is none."""

    id_token: Claims
    userinfo: Claims


def person_of(answer: Answer, settings: ProviderSettings) -> Person | None:
    """The person of an answer; None if its subject is none."""
    subject = answer.id_token["sub"]
    if not (0 < len(subject) <= SUBJECT_CHARACTERS and subject.isascii() and subject.isprintable()):
        return None
    claims = {**answer.userinfo, **answer.id_token}
    email = _verified_email(answer.id_token) or _verified_email(answer.userinfo)
    username = username_of(claims.get("preferred_username"), claims.get("nickname"), email)
    first, last = names_of(claims.get("given_name"), claims.get("family_name"), claims.get("name"))
    role = None if settings.roles is None else highest_role(_groups(claims, settings.groups_claim), settings.roles)
    return Person(settings.issuer, subject, email, username, first or username, last, role)


def _verified_email(claims: Claims) -> str | None:
    """Both claims are of one document: an address of one and a `verified` of another would not belong together."""
    verified = claims.get("email_verified")
    # Cognito sends text.
    is_verified = verified is True or verified == "true"
    return fit(EmailAddress, claims.get("email")) if is_verified else None


def _groups(claims: Claims, name: str) -> list[str]:
    """A claim of this very name, or a place within claims, such as `realm_access.roles`. Some providers send one name
    alone, or an object whose keys are the names."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    names = [found] if isinstance(found, str) else found
    return [one for one in names if isinstance(one, str)] if isinstance(names, list | dict) else []
