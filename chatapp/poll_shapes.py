"""The shapes of what goes out about polls, with the names of the wire."""

from typing import NotRequired

from typing_extensions import TypedDict


class PollOptionShape(TypedDict):
    """`voters` are the first who voted for the option, and nobody in an anonymous poll."""

    text: str
    votes: int
    voters: list[str]


class PollShape(TypedDict):
    """`mine` is what the caller voted for. It is missing in an event for all members."""

    question: str
    options: list[PollOptionShape]
    voterCount: int
    isMultiple: bool
    isAnonymous: bool
    closesAt: NotRequired[str]
    closedAt: NotRequired[str]
    mine: NotRequired[list[int]]


class VotersShape(TypedDict):
    """The usernames of those who voted, for each option."""

    voters: list[list[str]]
