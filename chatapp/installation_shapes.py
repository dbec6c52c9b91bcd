"""The shapes of what is chosen for the whole installation, and of what a choice would do. See `chatapp.shapes`."""

from typing_extensions import TypedDict


class InstallationShape(TypedDict):
    systemName: str
    joining: str
    retentionDays: int


class RetentionPreviewShape(TypedDict):
    """How many messages would be erased, in how many conversations. `more`: there are more than these."""

    messages: int
    conversations: int
    more: bool
