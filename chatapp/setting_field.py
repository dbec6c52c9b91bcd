"""Declares one setting in a dataclass of settings."""

from dataclasses import field
from typing import Any

from chatapp import config_values as values


def setting(default: str, meaning: str, kind: values.Type = values.text, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "type": kind, "secret": secret})
