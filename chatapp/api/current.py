"""The journal of the application that handles this request."""

from flask import current_app

from chatapp.journal import Journal


def current_journal() -> Journal:
    journal: Journal = current_app.extensions["chatapp.journal"]
    return journal
