"""The journal and the settings of the application that handles this request."""

from flask import current_app

from chatapp.config import Settings
from chatapp.journal import Journal


def current_journal() -> Journal:
    journal: Journal = current_app.extensions["chatapp.journal"]
    return journal


def current_settings() -> Settings:
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings
