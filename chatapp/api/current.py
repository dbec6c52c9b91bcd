"""What belongs to the application that handles this request, such as the journal, and where the request comes from."""

from flask import current_app, request

from chatapp.actions.sessions import Place
from chatapp.config import Settings
from chatapp.files.file_store import FileStore
from chatapp.journal import Journal
from chatapp.secret import derived_key

PASSKEYS = "passkeys"
SECOND_FACTOR = "second factor"
"""Purposes of `current_key`."""


def current_journal() -> Journal:
    journal: Journal = current_app.extensions["chatapp.journal"]
    return journal


def current_files() -> FileStore:
    store: FileStore = current_app.extensions["chatapp.files"]
    return store


def current_settings() -> Settings:
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings


def current_key(purpose: str) -> bytes:
    """The installation's key for a purpose."""
    return derived_key(str(current_app.secret_key), purpose)


def current_place() -> Place:
    return Place(request.remote_addr or "", request.headers.get("User-Agent", ""))
