"""A complete chat system: an HTTP side, a Socket.IO side, and the web client that it serves.

Importing the package imports nothing else, so that an entry point can make the standard library cooperative first.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(overrides: dict[str, Any] | None = None) -> "Flask":
    """The HTTP application. `overrides` are settings by field name, stronger than the environment.

    Raises chatapp.config.BadSetting for a setting that cannot be used. The Socket.IO side is attached to the result by
    `chatapp.realtime.init_app`; `close_app` ends what both have running.
    """
    from chatapp.factory import build

    return build(overrides)


def close_app(app: "Flask") -> None:
    """Writes what is queued and stops every thread of the application. May be called twice."""
    from chatapp.factory import close

    close(app)
