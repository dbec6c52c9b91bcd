"""The shapes of threads."""

from typing_extensions import TypedDict


class RootShape(TypedDict):
    """The root message of a thread: its conversation as the reader names it, and its sequence."""

    receiver: str
    group: bool
    sequence: int
