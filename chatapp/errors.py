"""Errors that callers see: one class for each reason, with a stable code, an HTTP status and a sentence for people.

`failure_payload` renders an error the same way for HTTP bodies and for Socket.IO acks.
"""

from typing import Any


class ChatError(Exception):
    """A refused request. `code` is stable and listed in docs/protocol.md; `message` says what is wrong or allowed."""

    code = "internal_error"
    status = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class MalformedRequest(ChatError):
    """The body or payload is not JSON, or not a JSON object."""

    code = "malformed"
    status = 400


class InvalidInput(ChatError):
    """A field is missing or violates a limit. `details["fields"]` names each such field."""

    code = "invalid_input"
    status = 422


class PasswordCommon(ChatError):
    """The password is on a list of common ones, or says the name of its user or of the system."""

    code = "password_common"
    status = 422


class NotSignedIn(ChatError):
    """There is no valid session. A 401 has no other meaning, because the existing client signs out on any 401."""

    code = "not_signed_in"
    status = 401


class WrongCredentials(ChatError):
    """The user is unknown or the password is wrong. The answer is the same, so that usernames cannot be probed."""

    code = "wrong_credentials"
    status = 401


class Forbidden(ChatError):
    """The caller is signed in, but may not do this."""

    code = "forbidden"
    status = 403


class ForgedSender(Forbidden):
    """`sender` is not the user of the session."""

    code = "forged_sender"


class NotAMember(Forbidden):
    """The group exists, and the caller is not a member of it."""

    code = "not_a_member"


class JoiningClosed(Forbidden):
    """Accounts are made by the operator only."""

    code = "joining_closed"


class InviteInvalid(Forbidden):
    """The invitation is unknown, expired, revoked or used up. Which of these is not said."""

    code = "invite_invalid"


class SetupInvalid(Forbidden):
    """The setup link is unknown or replaced, or the installation has accounts already. Which of these is not said."""

    code = "setup_invalid"


class TooLate(Forbidden):
    """The time in which a message may be edited or deleted is over."""

    code = "too_late"


NO_EXCHANGE = "This person and you do not exchange messages."


class Blocked(Forbidden):
    """One of two people blocks the other. Which one is not said."""

    code = "blocked"


class OnlyAdminsWrite(Forbidden):
    """In an announcement group only owners and admins may write."""

    code = "only_admins_write"


class WrongPassword(Forbidden):
    """The caller's own password, asked for once more, is wrong. Not a 401, on which clients sign out."""

    code = "wrong_password"


class ConfirmationRequired(Forbidden):
    """The caller has to show once more who they are. `details["by"]` is `password`, or `sign-in` where the account has
    no password and the session is not new."""

    code = "confirmation_required"


class CrossSite(Forbidden):
    """A state-changing request is signed in by cookie, without the CSRF token and without an allowed origin."""

    code = "csrf"


class NotFound(ChatError):
    """The user, group or route does not exist."""

    code = "not_found"
    status = 404


class UnknownEvent(ChatError):
    """The namespace has no event of this name."""

    code = "unknown_event"
    status = 404


class Conflict(ChatError):
    """The name is already taken."""

    code = "conflict"
    status = 409


class LastOwner(ChatError):
    """The group would have members but no owner."""

    code = "last_owner"
    status = 409


class HasOwner(ChatError):
    """The group has an owner with an active account, who decides about it."""

    code = "has_owner"
    status = 409


class JoiningFixed(ChatError):
    """Who may join is set where the server is started, and nobody can choose it in the system."""

    code = "joining_fixed"
    status = 409


class LastAdministrator(ChatError):
    """There would be no administrator with an active account."""

    code = "last_administrator"
    status = 409


class MessageDeleted(ChatError):
    """The message was deleted, so that it cannot be changed."""

    code = "message_deleted"
    status = 409


class NotForThreads(ChatError):
    """A thread has no name, settings, roles or threads of its own."""

    code = "not_for_threads"
    status = 409


class PollClosed(ChatError):
    """The poll is closed, so that nobody can vote."""

    code = "poll_closed"
    status = 409


class PollUnchangeable(ChatError):
    """The text of a poll cannot be edited, since people have voted for what it said."""

    code = "poll_unchangeable"
    status = 409


class LimitReached(ChatError):
    """There are as many of these as there may be."""

    code = "limit_reached"
    status = 409


class DraftChanged(ChatError):
    """Another device of the caller's has changed the draft meanwhile. `details["draft"]` is the stored one."""

    code = "draft_changed"
    status = 409


class TooBroad(ChatError):
    """The search would have to read too much."""

    code = "too_broad"
    status = 422


class PictureUnreadable(ChatError):
    """The bytes are no picture of a kind that is taken, or a damaged one."""

    code = "picture_unreadable"
    status = 422


class TooManyPixels(ChatError):
    """The picture is small in bytes and large in pixels. `details["limit"]` is the most that are decoded."""

    code = "too_many_pixels"
    status = 422


class TooManyAttempts(ChatError):
    """The limit for sign-in attempts in password mode is reached. HTTP answers carry Retry-After."""

    code = "too_many_attempts"
    status = 429


RETRY_AFTER_SECONDS = 5


class Unavailable(ChatError):
    """The database cannot be used now, or did not confirm a commit. A retry with the same client id is safe.
    `details["retryAfter"]` is in seconds. `details["reason"]` is there if the disk or a full queue is the cause."""

    code = "unavailable"
    status = 503

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message, **{"retryAfter": RETRY_AFTER_SECONDS, **details})


class InternalError(ChatError):
    """An unexpected error on the server. The log has the traceback; the client does not receive it."""

    def __init__(self) -> None:
        super().__init__("Something went wrong on the server. Please try again.")


def failure_payload(error: ChatError) -> dict[str, Any]:
    """The failure shape on HTTP and Socket.IO: `{ success: false, response, error: { code, message, details } }`."""
    body = {"code": error.code, "message": error.message, "details": error.details}
    return {"success": False, "response": error.message, "error": body}


def every_code() -> dict[str, int]:
    """Each code and its HTTP status, for the documentation and its test."""
    statuses = {ChatError.code: ChatError.status}
    pending: list[type[ChatError]] = [ChatError]
    while pending:
        for kind in pending.pop().__subclasses__():
            statuses[kind.code] = kind.status
            pending.append(kind)
    return statuses
