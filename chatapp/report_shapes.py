"""The shapes of the routes about reports. See `chatapp.shapes`."""

from typing import NotRequired

from typing_extensions import TypedDict

from chatapp.file_shapes import FileShape


class SuspensionShape(TypedDict):
    """`until` is null for a ban."""

    until: str | None
    reason: str


class ReportedMessageShape(TypedDict):
    """A message with open reports. `content` is its text when it was last reported."""

    number: int
    messageId: str
    author: str
    content: str
    reasons: list[str]
    reports: int
    reportedAt: str


class ReportedMessagesShape(TypedDict):
    """`open` is how many messages have open reports in all."""

    open: int
    messages: list[ReportedMessageShape]


class ReportShape(TypedDict):
    """One report, with the text that the message had."""

    reporter: str
    reason: str
    comment: str
    content: str
    reportedAt: str


class ReportPlaceShape(TypedDict):
    """The conversation: `usernames` of two people, or `name` of a group."""

    isThread: bool
    name: str
    usernames: list[str]


class ContextMessageShape(TypedDict):
    """A message as it is now."""

    sequence: int
    sender: str
    content: str
    at: str
    isDeleted: bool
    files: NotRequired[list[FileShape]]


class OpenedReportShape(TypedDict):
    """A reported message among those before and after it."""

    messageId: str
    sequence: int
    author: str
    suspension: SuspensionShape | None
    place: ReportPlaceShape
    reports: list[ReportShape]
    context: list[ContextMessageShape]
