"""The file that names the directory. A bad value stops the start and names itself."""

import re
import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from chatapp.config import BadSetting, Settings
from chatapp.loopback import is_loopback

PLACEHOLDER = re.compile(r"\(([A-Za-z][A-Za-z0-9-]*)=\{username\}\)")
"""An attribute that has to be equal to what somebody types as their username."""


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("ldaps", "ldap") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be ldaps://host, ldap://host, or one of these with a port")
    if parts.username is not None or parts.fragment:
        raise ValueError("must be ldaps://host, ldap://host, or one of these with a port")
    parts.port  # noqa: B018 raises ValueError for what is no port
    return text


def _balanced(text: str) -> str:
    if not text.startswith("(") or text.count("(") != text.count(")"):
        raise ValueError("must be a filter in parentheses")
    return text


def _user_filter(text: str) -> str:
    if text.count("{") != len(PLACEHOLDER.findall(text)) or not PLACEHOLDER.search(text):
        raise ValueError("must hold (attribute={username}), and {username} nowhere else")
    return _balanced(text)


def _group_filter(text: str) -> str:
    if text and "{dn}" not in text and "{username}" not in text:
        raise ValueError("must hold {dn} or {username}")
    return _balanced(text) if text else text


Filled = Annotated[str, Field(min_length=1, max_length=1_000)]
Attribute = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9.;-]*$")]


class LdapSettings(BaseModel):
    """The file. docs/operations.md says what each key means."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: Annotated[str, AfterValidator(_url)]
    label: Annotated[str, Field(min_length=1, max_length=60)]
    start_tls: bool = True
    allow_plain_text: bool = False
    ca_file: Filled | None = None
    bind_dn: Filled | None = None
    bind_password: Filled | None = None
    base_dn: Filled
    user_filter: Annotated[str, AfterValidator(_user_filter)] = "(uid={username})"
    username: Attribute = "uid"
    first_name: Attribute = "givenName"
    last_name: Attribute = "sn"
    full_name: Attribute = "displayName"
    email: Attribute = "mail"
    groups: Attribute = "memberOf"
    group_filter: Annotated[str, AfterValidator(_group_filter)] = ""
    group_base_dn: Filled | None = None
    required_group: Filled | None = None
    roles: dict[str, Literal["member", "moderator", "administrator"]] | None = None
    join: bool = True
    link: bool = False
    timeout_seconds: Annotated[int, Field(ge=1, le=9)] = 5

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (self.is_encrypted or self.allow_plain_text or is_loopback(urlsplit(self.url).hostname or "")):
            raise ValueError(
                "start_tls = false sends passwords unencrypted, which is for a directory on this machine; "
                "allow_plain_text = true allows it to any"
            )
        if (self.bind_dn is None) != (self.bind_password is None):
            raise ValueError("bind_dn and bind_password belong together; without both the search is anonymous")
        return self

    @property
    def is_encrypted(self) -> bool:
        return self.url.startswith("ldaps://") or self.start_tls

    @property
    def login_attributes(self) -> list[str]:
        """The attributes one of which is what somebody types as their username."""
        return PLACEHOLDER.findall(self.user_filter)


def load_directory(settings: Settings) -> LdapSettings | None:
    """What the file says; None if there is no file, and in username mode, where anybody may sign in as anybody.

    Raises BadSetting.
    """
    path = Path(settings.ldap or Path(settings.instance) / "ldap.toml")
    if settings.sign_in == "username" or not (settings.ldap or path.is_file()):
        return None
    try:
        found = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadSetting(f"CHATAPP_LDAP: {path} cannot be read as TOML: {error}") from None
    parsed = _parse(path, found)
    _require_certificates(path, parsed)
    return parsed


def _parse(path: Path, found: dict[str, Any]) -> LdapSettings:
    try:
        return LdapSettings.model_validate(found)
    except ValidationError as error:
        raise BadSetting(f"CHATAPP_LDAP: {path}: {_complaint(error)}.") from None


def _complaint(error: ValidationError) -> str:
    """The key and what is wrong with it, never the value: one of them is a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: ".removeprefix(": ") + first["msg"].removeprefix("Value error, ")


def _require_certificates(path: Path, parsed: LdapSettings) -> None:
    if parsed.ca_file is None:
        return
    try:
        ssl.create_default_context(cafile=parsed.ca_file)
    except (OSError, ValueError) as error:
        raise BadSetting(f"CHATAPP_LDAP: {path}: ca_file cannot be read as PEM certificates: {error}.") from None
