"""The shapes of the list of saved messages. See `chatapp.shapes`."""

from typing_extensions import TypedDict

from chatapp.shapes import MessageShape


class SavedMessageShape(TypedDict):
    receiver: str
    group: bool
    message: MessageShape
    userRevision: int


class SavedMessagesShape(TypedDict):
    """`next`: the `before` of the next page; null for the last page."""

    messages: list[SavedMessageShape]
    next: int | None
