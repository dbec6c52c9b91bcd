"""The file that names the OpenID Connect providers. A bad value stops the start and names itself."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from chatapp.base_path import wrong_address
from chatapp.config import BadSetting, Settings
from chatapp.loopback import is_loopback

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def _address(text: str) -> str:
    """Codes, secrets and tokens go there: by plain HTTP only where nobody else can listen."""
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be an https:// address, or an http:// one of this machine")
    return text


def _ascii(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be printable ASCII")
    return text


def _scopes(text: str) -> str:
    return " ".join(dict.fromkeys(["openid", *text.split()]))


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


Address = Annotated[str, AfterValidator(_address)]
Text = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_ascii)]


class ProviderSettings(BaseModel):
    """One table of the file. docs/operations.md says what each key means."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    issuer: Annotated[Address, Field(max_length=1_000)]
    client_id: Text
    client_secret: Text | None = None
    label: Annotated[str, Field(min_length=1, max_length=60)]
    scopes: Annotated[str, AfterValidator(_scopes)] = "openid profile email"
    join: Literal["as-configured", "yes", "no"] = "as-configured"
    link: bool = True
    domains: Annotated[tuple[str, ...], AfterValidator(_lower)] = ()
    groups_claim: Annotated[str, Field(min_length=1)] = "groups"
    roles: dict[str, Literal["guest", "member", "moderator", "administrator"]] | None = None


class OidcSettings(BaseModel):
    """The whole file: `address` is that of the chat as people open it, without a slash at its end."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    address: Address
    providers: dict[str, ProviderSettings]


def load_providers(settings: Settings) -> OidcSettings | None:
    """What the file says; None if there is no file, and in username mode, where anybody may sign in as anybody.

    Raises BadSetting.
    """
    path = Path(settings.oidc or Path(settings.instance) / "oidc.toml")
    if settings.sign_in == "username" or not (settings.oidc or path.is_file()):
        return None
    try:
        found = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadSetting(f"CHATAPP_OIDC: {path} cannot be read as TOML: {error}") from None
    parsed = _parse(path, found)
    if wrong := wrong_address("`address`", parsed.address, settings):
        raise BadSetting(f"CHATAPP_OIDC: {path}: {wrong}")
    return parsed


def _parse(path: Path, found: dict[str, Any]) -> OidcSettings:
    providers = {name: value for name, value in found.items() if isinstance(value, dict)}
    for name in providers:
        if not _NAME.fullmatch(name):
            raise BadSetting(
                f"CHATAPP_OIDC: {path}: a provider cannot be called {name!r}: up to 32 of a-z, 0-9 and the hyphen."
            )
    others = {name: value for name, value in found.items() if name not in providers}
    tuples = {name: _with_tuples(value) for name, value in providers.items()}
    try:
        parsed = OidcSettings.model_validate({**others, "providers": tuples})
    except ValidationError as error:
        raise BadSetting(f"CHATAPP_OIDC: {path}: {_complaint(error)}.") from None
    return parsed.model_copy(update={"address": parsed.address.rstrip("/")})


def _with_tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _complaint(error: ValidationError) -> str:
    """The key and what is wrong with it, never the value: one of them is a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part != "providers")
    return f"{place}: {first['msg'].removeprefix('Value error, ')}"
