"""Attempts at the password of somebody who is signed in, counted like sign-ins."""

from contextlib import AbstractContextManager

from flask import current_app, request

from chatapp.actions.sessions import Caller
from chatapp.api.sign_in_delays import SignInDelays


def counted(caller: Caller) -> AbstractContextManager[None]:
    """Raises TooManyAttempts while the caller has to wait; WrongPassword, raised within, counts."""
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    return delays.attempt(caller.username, request.remote_addr or "")
