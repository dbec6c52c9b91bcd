"""Attempts at the password of somebody who is signed in, counted like sign-ins."""

from contextlib import AbstractContextManager

from flask import current_app, request

from chatapp.actions.sessions import Caller
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.errors import ConfirmationRequired, InvalidInput, MalformedRequest, TooManyAttempts, WrongPassword
from chatapp.sign_in_errors import DirectoryUnavailable
from chatapp.username_rule import name_key

CONFIRMED = (
    ConfirmationRequired,
    WrongPassword,
    DirectoryUnavailable,
    TooManyAttempts,
    MalformedRequest,
    InvalidInput,
)
"""The errors of a request that the caller confirms by their password."""


def counted(caller: Caller) -> AbstractContextManager[None]:
    """Raises TooManyAttempts while the caller has to wait; WrongPassword, raised within, counts."""
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    return delays.attempt(name_key(caller.username), request.remote_addr or "")
