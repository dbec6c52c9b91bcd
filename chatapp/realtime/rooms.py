"""Names of Socket.IO rooms: one room for each user, one for each group, one for the viewers of a conversation, and one
of the two that divide all connections."""

NAMESPACE = "/chat"

_GROUP = "group:"

EVERYBODY = "everybody"
"""All connections of those who see everybody."""
GUESTS = "guests"
"""All connections of guests and bots."""


def user_room(username: str) -> str:
    """The room of all connections of a user."""
    return f"user:{username}"


def group_room(conversation_id: int) -> str:
    """The room of all connections of a group's members."""
    return _GROUP + str(conversation_id)


def viewers_room(key: str) -> str:
    """The room of the connections that look at a conversation now: by the group's id, or by the direct key."""
    return f"viewers:{key}"


def group_of_room(room: str) -> int | None:
    """The group's id for the name of a group's room; None for any other room."""
    return int(room.removeprefix(_GROUP)) if room.startswith(_GROUP) else None
