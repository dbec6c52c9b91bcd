"""Names of Socket.IO rooms: one a user, one a group."""

NAMESPACE = "/chat"

_GROUP = "group:"


def user_room(username: str) -> str:
    """All connections of a user."""
    return f"user:{username}"


def group_room(conversation_id: int) -> str:
    """All connections of a group's members."""
    return _GROUP + str(conversation_id)


def group_of_room(room: str) -> int | None:
    """The id of the group whose room it is; None for a room of another kind."""
    return int(room.removeprefix(_GROUP)) if room.startswith(_GROUP) else None
