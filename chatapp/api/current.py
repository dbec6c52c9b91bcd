"""The journal and the settings of the application that handles this request, and where the request comes from."""

from flask import current_app, request

from chatapp.actions.sessions import Place
from chatapp.config import Settings
from chatapp.journal import Journal


def current_journal() -> Journal:
    journal: Journal = current_app.extensions["chatapp.journal"]
    return journal


def current_settings() -> Settings:
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings


def current_place() -> Place:
    return Place(request.remote_addr or "", request.headers.get("User-Agent", ""))
