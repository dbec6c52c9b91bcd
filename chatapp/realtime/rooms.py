"""Names of Socket.IO rooms: one room for each user, and one for each group."""

NAMESPACE = "/chat"

_GROUP = "group:"


def user_room(username: str) -> str:
    """The room of all connections of a user."""
    return f"user:{username}"


def group_room(conversation_id: int) -> str:
    """The room of all connections of a group's members."""
    return _GROUP + str(conversation_id)


def group_of_room(room: str) -> int | None:
    """The group's id for the name of a group's room; None for any other room."""
    return int(room.removeprefix(_GROUP)) if room.startswith(_GROUP) else None
