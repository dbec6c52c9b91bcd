"""Names of Socket.IO rooms: one a user, one a group."""

NAMESPACE = "/chat"


def user_room(username: str) -> str:
    """All connections of a user."""
    return f"user:{username}"


def group_room(conversation_id: int) -> str:
    """All connections of a group's members."""
    return f"group:{conversation_id}"
