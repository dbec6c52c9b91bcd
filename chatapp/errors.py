"""What can be refused: one class a reason, with a stable code, an HTTP status and a sentence for people.

`failure_payload` renders a refusal the same for HTTP bodies and for Socket.IO acks.
"""

from typing import Any


class ChatError(Exception):
    """A refusal. `code` is stable and listed in docs/protocol.md; `message` says what was wrong and what is allowed."""

    code = "internal_error"
    status = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class MalformedRequest(ChatError):
    """The body or payload is not JSON of the expected kind."""

    code = "malformed"
    status = 400


class InvalidInput(ChatError):
    """A field is missing or breaks a limit; `details["fields"]` names each."""

    code = "invalid_input"
    status = 422


class NotSignedIn(ChatError):
    """No valid session. The only reason for a 401: an existing client signs out on any 401."""

    code = "not_signed_in"
    status = 401


class WrongCredentials(ChatError):
    """Unknown user or wrong password: the same answer for both, so that names cannot be probed."""

    code = "wrong_credentials"
    status = 401


class Forbidden(ChatError):
    """The caller is known, and it is not theirs."""

    code = "forbidden"
    status = 403


class ForgedSender(Forbidden):
    """`sender` is not the session's user."""

    code = "forged_sender"


class NotAMember(Forbidden):
    """The group exists and the caller does not belong to it."""

    code = "not_a_member"


class CrossSite(Forbidden):
    """A state-changing request, signed in by cookie, that neither echoes the CSRF token nor has an allowed origin."""

    code = "csrf"


class NotFound(ChatError):
    """No such user, group or route."""

    code = "not_found"
    status = 404


class UnknownEvent(ChatError):
    """An event name that the namespace does not have."""

    code = "unknown_event"
    status = 404


class Conflict(ChatError):
    """It exists already."""

    code = "conflict"
    status = 409


class LastOwner(ChatError):
    """A group with members would be left without an owner."""

    code = "last_owner"
    status = 409


class TooManyAttempts(ChatError):
    """Sign-in attempts are limited in password mode; HTTP answers carry Retry-After."""

    code = "too_many_attempts"
    status = 429


class Unavailable(ChatError):
    """The database cannot be written now. Nothing was stored; the same request may be sent again."""

    code = "unavailable"
    status = 503


class InternalError(ChatError):
    """A fault of ours. The log has the traceback, the client never does."""

    def __init__(self) -> None:
        super().__init__("Something went wrong on the server. Please try again.")


def failure_payload(error: ChatError) -> dict[str, Any]:
    """The failure shape of both doors: `{ success: false, response, error: { code, message, details } }`."""
    shown = {"code": error.code, "message": error.message, "details": error.details}
    return {"success": False, "response": error.message, "error": shown}


def every_code() -> dict[str, int]:
    """Each code and its HTTP status, for the documentation and its test."""
    found = {ChatError.code: ChatError.status}
    waiting: list[type[ChatError]] = [ChatError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found[kind.code] = kind.status
            waiting.append(kind)
    return found
