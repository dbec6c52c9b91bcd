"""The HTTP request that the running greenlet or thread answers, so that all lines about it have its id."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class CurrentRequest:
    """`code` is that of its refusal, if there is one."""

    id: str
    route: str
    user_id: int | None = None
    code: str = ""


current: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)


def note_route(route: str) -> None:
    """Notes the pattern of the route that the request has taken."""
    if (request := current.get()) is not None:
        request.route = route


def note_user(user_id: int) -> None:
    """Notes whose request it is."""
    if (request := current.get()) is not None:
        request.user_id = user_id


def note_refusal(code: str) -> None:
    """Notes that the request is refused."""
    if (request := current.get()) is not None:
        request.code = code
