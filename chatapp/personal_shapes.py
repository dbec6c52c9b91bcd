"""The shapes of what concerns one user alone: preferences, drafts, settings, receipts. See `chatapp.shapes`."""

from typing_extensions import TypedDict


class PreferencesShape(TypedDict):
    level: str
    unreadFrom: int | None
    userRevision: int


class DraftShape(TypedDict):
    content: str
    userRevision: int


DoNotDisturbShape = TypedDict("DoNotDisturbShape", {"from": str, "to": str, "days": list[int], "timeZone": str})


class SettingsShape(TypedDict):
    sharesReads: bool
    sharesLastSeen: bool
    sharesTyping: bool
    doNotDisturb: DoNotDisturbShape | None
    userRevision: int


class OnePreferencesShape(TypedDict):
    preferences: PreferencesShape


class OneDraftShape(TypedDict):
    draft: DraftShape


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
