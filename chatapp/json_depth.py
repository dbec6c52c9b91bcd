"""Limits how deep the arrays and objects are nested in what a client sends."""

from typing import Any

from chatapp.errors import MalformedRequest


def require_depth(value: Any, limit: int) -> None:
    """Raises MalformedRequest for decoded JSON that is nested deeper than `limit`. A text or a number has depth 0."""
    level = [value]
    for _ in range(limit):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return
    raise MalformedRequest(f"JSON may be nested {limit} deep.", limit=limit)


def _parts(value: Any) -> Any:
    """The arrays and objects in a value."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return ()
    return [part for part in value if isinstance(part, list | dict)]
