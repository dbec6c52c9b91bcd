"""Serializers of what concerns one user alone: preferences, drafts, settings, receipts. See `chatapp.serializers`."""

from typing import cast

from chatapp import file_serializers
from chatapp.actions.blocks import OwnBlock
from chatapp.actions.message_receipts import MessageReceipt, Passed
from chatapp.actions.own_settings import OwnSettings
from chatapp.actions.personal_changes import DraftChange, PersonalChange, PreferencesChange
from chatapp.actions.preferences import Preferences
from chatapp.actions.saved_messages import Saved
from chatapp.actions.scheduled_messages import Scheduled
from chatapp.actions.unsent_drafts import OwnDraft
from chatapp.clock import microseconds_to_iso, to_iso
from chatapp.personal_shapes import (
    BlockShape,
    DoNotDisturbShape,
    DraftShape,
    MessageReceiptShape,
    PassedShape,
    PreferencesShape,
    SavedShape,
    ScheduledShape,
    SettingsShape,
)
from chatapp.shapes import ChangeShape


def personal_change(change: PersonalChange) -> ChangeShape:
    """A change that only the user's own devices hear of."""
    match change:
        case OwnSettings():
            return {"kind": "settings", "userRevision": change.user_revision, "settings": settings(change)}
        case Saved():
            return {"kind": "saved", "userRevision": change.user_revision, "saved": saved(change)}
        case OwnBlock():
            return {"kind": "block", "userRevision": change.user_revision, "block": block(change)}
        case Scheduled():
            return {
                "receiver": change.receiver,
                "group": change.is_group,
                "kind": "scheduled",
                "userRevision": change.user_revision,
                "scheduled": scheduled(change),
            }
        case DraftChange():
            return {
                "receiver": change.receiver,
                "group": change.is_group,
                "kind": "draft",
                "userRevision": change.user_revision,
                "draft": draft(change.draft),
            }
        case PreferencesChange():
            return {
                "receiver": change.receiver,
                "group": change.is_group,
                "kind": "preferences",
                "userRevision": change.user_revision,
                "preferences": preferences(change.preferences),
            }


def preferences(own: Preferences) -> PreferencesShape:
    return {"level": own.level, "unreadFrom": own.unread_from, "userRevision": own.user_revision}


def draft(own: OwnDraft) -> DraftShape:
    return {"content": own.content, "userRevision": own.user_revision}


def block(own: OwnBlock) -> BlockShape:
    return {"username": own.username, "blocked": own.is_on, "userRevision": own.user_revision}


def saved(own: Saved) -> SavedShape:
    return {"messageId": own.message_id, "saved": own.is_saved, "userRevision": own.user_revision}


def scheduled(own: Scheduled) -> ScheduledShape:
    shape: ScheduledShape = {
        "clientId": own.client_id,
        "receiver": own.receiver,
        "group": own.is_group,
        "content": own.content,
        "replyTo": own.reply_to,
        "dueAt": microseconds_to_iso(own.due_at),
        "gone": own.is_gone,
        "failure": None if own.failure is None else {"code": own.failure[0], "message": own.failure[1]},
        "userRevision": own.user_revision,
    }
    if own.files:
        shape["files"] = [file_serializers.file(file, upload_id) for upload_id, file in own.files.items()]
    return shape


def settings(own: OwnSettings) -> SettingsShape:
    return {
        "sharesReads": own.shares_reads,
        "sharesLastSeen": own.shares_last_seen,
        "sharesTyping": own.shares_typing,
        "showsPreviews": own.shows_previews,
        "showsContent": own.shows_content,
        "digest": own.digest,
        "doNotDisturb": cast("DoNotDisturbShape | None", own.do_not_disturb),
        "userRevision": own.user_revision,
    }


def receipt(found: MessageReceipt) -> MessageReceiptShape:
    return {
        "username": found.username,
        "delivered": _passed(found.delivered),
        "read": _passed(found.read),
        "showsReads": found.shows_reads,
    }


def _passed(passed: Passed | None) -> PassedShape | None:
    if passed is None:
        return None
    return {"at": to_iso(passed.at) if passed.at is not None else None, "isExact": passed.is_exact}
