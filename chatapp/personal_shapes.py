"""The shapes of what concerns one user alone: preferences, drafts, settings, receipts. See `chatapp.shapes`."""

from typing import NotRequired

from typing_extensions import TypedDict

from chatapp.file_shapes import FileShape


class PreferencesShape(TypedDict):
    level: str
    unreadFrom: int | None
    userRevision: int


class DraftShape(TypedDict):
    content: str
    userRevision: int


class BlockShape(TypedDict):
    """Whether the caller blocks a user."""

    username: str
    blocked: bool
    userRevision: int


class BlocksShape(TypedDict):
    blocks: list[BlockShape]


class OneBlockShape(TypedDict):
    block: BlockShape


class SavedShape(TypedDict):
    """Whether the caller has saved a message."""

    messageId: str
    saved: bool
    userRevision: int


class ScheduledFailureShape(TypedDict):
    code: str
    message: str


class ScheduledShape(TypedDict):
    """A message that is sent at `dueAt`; `gone`: it was sent or deleted. The `fileId` of a file is that of its
    upload."""

    clientId: str
    receiver: str
    group: bool
    content: str
    replyTo: int | None
    dueAt: str
    gone: bool
    failure: ScheduledFailureShape | None
    files: NotRequired[list[FileShape]]
    userRevision: int


DoNotDisturbShape = TypedDict("DoNotDisturbShape", {"from": str, "to": str, "days": list[int], "timeZone": str})


class SettingsShape(TypedDict):
    sharesReads: bool
    sharesLastSeen: bool
    sharesTyping: bool
    showsPreviews: bool
    showsContent: bool
    digest: str
    doNotDisturb: DoNotDisturbShape | None
    userRevision: int


class OnePreferencesShape(TypedDict):
    preferences: PreferencesShape


class OneDraftShape(TypedDict):
    draft: DraftShape


class OneSavedShape(TypedDict):
    saved: SavedShape


class OneScheduledShape(TypedDict):
    scheduled: ScheduledShape


class AllScheduledShape(TypedDict):
    scheduled: list[ScheduledShape]


class OneSettingsShape(TypedDict):
    settings: SettingsShape


class PassedShape(TypedDict):
    at: str | None
    isExact: bool


class MessageReceiptShape(TypedDict):
    username: str
    delivered: PassedShape | None
    read: PassedShape | None
    showsReads: bool


class ReceiptsShape(TypedDict):
    receipts: list[MessageReceiptShape]
