"""The settings as an operator sees them."""

from dataclasses import Field, fields
from typing import Any

from sqlalchemy.engine import make_url

from chatapp.config import Settings, variable


def shown(settings: Settings) -> dict[str, str]:
    """Every setting as its variable would be written. Secrets are masked, and of a URL only its password is one."""
    return {variable(setting): _masked(setting, getattr(settings, setting.name)) for setting in fields(settings)}


def _masked(setting: "Field[Any]", value: Any) -> str:
    text = ",".join(value) if isinstance(value, tuple) else str(int(value) if isinstance(value, bool) else value)
    if not setting.metadata["secret"] or not text:
        return text
    if not setting.name.endswith("_url"):
        return "***"
    url = make_url(text)
    # libpq and Redis take a password there too.
    query = {name: "***" if "pass" in name else value for name, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)
