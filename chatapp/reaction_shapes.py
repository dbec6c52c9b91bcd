"""The shape of a reaction, and its serializer. See `chatapp.shapes`."""

from typing import NotRequired

from typing_extensions import TypedDict

from chatapp.journal.message_state import ReactionCount


class ReactionShape(TypedDict):
    """`usernames` are the first who reacted. `mine` is missing in an event for all members."""

    emoji: str
    count: int
    usernames: list[str]
    mine: NotRequired[bool]


def reaction(count: ReactionCount) -> ReactionShape:
    shape: ReactionShape = {"emoji": count.emoji, "count": count.count, "usernames": count.usernames}
    if count.is_own is not None:
        shape["mine"] = count.is_own
    return shape


class ReactorsShape(TypedDict):
    """The usernames of all who reacted, by emoji."""

    reactions: dict[str, list[str]]
