"""Errors of people who ask for too much at once. See `chatapp.errors`."""

from chatapp.errors import ChatError


class TooManyRequests(ChatError):
    """The user makes more HTTP requests than CHATAPP_REQUEST_RATE allows. The answer carries Retry-After."""

    code = "too_many_requests"
    status = 429


class TooManyEvents(ChatError):
    """The user sends more events than CHATAPP_EVENT_RATE allows. `details["retryAfter"]` is in seconds."""

    code = "too_many_events"
    status = 429


class TooManyConnections(ChatError):
    """The user or the address has as many connections as it may have."""

    code = "too_many_connections"
    status = 429
