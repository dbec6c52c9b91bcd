"""The application for a command, and what commands print."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask


@contextmanager
def application() -> Iterator["Flask"]:
    """The application inside its context; after, everything it runs has ended."""
    from chatapp import close_app, create_app

    app = create_app()
    try:
        with app.app_context():
            yield app
    finally:
        close_app(app)


@contextmanager
def installation() -> Iterator["Flask"]:
    """The application on a database with the tables of this version, which are made where there are none."""
    from chatapp.migrations import require_tables

    with application() as app:
        require_tables(app)
        yield app


def minute(instant: "datetime") -> str:
    """An instant as people read it."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def address(app: "Flask") -> str:
    """Where this server is reached from its own machine, or from where it listens."""
    settings = app.extensions["chatapp.settings"]
    host = "localhost" if settings.is_loopback else settings.host
    return f"http://{host}:{settings.http_port}{settings.base_path}"
