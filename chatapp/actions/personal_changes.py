"""The changes that concern one user alone, read back by the user's revision: preferences, drafts, saved
and scheduled messages, blocks, and settings.

Each row carries the user's revision of its last change, so a row that changed five times is returned once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, Table, bindparam, select

from chatapp.actions.blocks import OwnBlock
from chatapp.actions.own_settings import OwnSettings, settings_of
from chatapp.actions.preferences import Preferences
from chatapp.actions.saved_messages import Saved
from chatapp.actions.scheduled_messages import COLUMNS as SCHEDULED_COLUMNS
from chatapp.actions.scheduled_messages import Scheduled, scheduled_of
from chatapp.actions.unsent_drafts import OwnDraft
from chatapp.actions.usernames import usernames_of
from chatapp.models.tables import BLOCKS, CONVERSATION_PREFERENCES, DRAFTS, SAVED_MESSAGES, SCHEDULED_MESSAGES
from chatapp.prepared_statements import rows

PAGE_SIZE = 500
"""Preferences, saved messages, and blocks, in one answer."""
DRAFTS_PAGE_SIZE = 50
"""Drafts, and scheduled messages, in one answer, of up to 64 KiB each."""


TARGET = ("is_group", "target_id")


def _after(table: Table, limit: int, *names: str) -> Select[Any]:
    """The rows of a user in a table that changed after a revision, oldest change first."""
    columns = [table.c[name] for name in (*names, "user_revision")]
    is_wanted = (table.c.user_id == bindparam("user_id")) & (table.c.user_revision > bindparam("after"))
    return select(*columns).where(is_wanted).order_by(table.c.user_revision).limit(limit)


PREFERENCES = _after(CONVERSATION_PREFERENCES, PAGE_SIZE, *TARGET, "level", "unread_from")
UNSENT = _after(DRAFTS, DRAFTS_PAGE_SIZE, *TARGET, "content")
SAVED = _after(SAVED_MESSAGES, PAGE_SIZE, "conversation_id", "sequence", "is_removed")
BLOCKED = _after(BLOCKS, PAGE_SIZE, "other_id", "is_on")
SCHEDULED = _after(SCHEDULED_MESSAGES, DRAFTS_PAGE_SIZE).with_only_columns(*SCHEDULED_COLUMNS)


@dataclass(frozen=True, slots=True)
class PreferencesChange:
    """The preferences for a conversation, which is named as on the wire."""

    receiver: str
    is_group: bool
    preferences: Preferences

    @property
    def user_revision(self) -> int:
        return self.preferences.user_revision


@dataclass(frozen=True, slots=True)
class DraftChange:
    """The draft in a conversation, which is named as on the wire."""

    receiver: str
    is_group: bool
    draft: OwnDraft

    @property
    def user_revision(self) -> int:
        return self.draft.user_revision


PersonalChange = PreferencesChange | DraftChange | Saved | Scheduled | OwnBlock | OwnSettings


def personal_changes(user_id: int, after: int) -> tuple[list[PersonalChange], int | None]:
    """A user's changes after a revision, in order, and the revision up to which they are complete (None: all of them).

    Some may be about groups that the user has left.
    """
    statements = (PREFERENCES, UNSENT, SAVED, SCHEDULED, BLOCKED)
    preferences, drafts, saved, scheduled, blocks = (rows(one, user_id=user_id, after=after) for one in statements)
    pages = (
        *((found, PAGE_SIZE) for found in (preferences, saved, blocks)),
        *((found, DRAFTS_PAGE_SIZE) for found in (drafts, scheduled)),
    )
    up_to = min((found[-1].user_revision for found, limit in pages if len(found) == limit), default=None)
    named = {row.target_id for row in [*preferences, *drafts] if not row.is_group}
    names = usernames_of(named | {row.other_id for row in blocks})
    changes: list[PersonalChange] = [
        *(PreferencesChange(*_address(row, names), _preferences_of(row)) for row in preferences),
        *(DraftChange(*_address(row, names), OwnDraft(row.content, row.user_revision)) for row in drafts),
        *(Saved(f"{row.conversation_id}-{row.sequence}", not row.is_removed, row.user_revision) for row in saved),
        *scheduled_of(scheduled),
        *(OwnBlock(names[row.other_id], row.is_on, row.user_revision) for row in blocks),
    ]
    settings = settings_of(user_id)
    if settings.user_revision > after:
        changes.append(settings)
    if up_to is not None:
        changes = [change for change in changes if change.user_revision <= up_to]
    return sorted(changes, key=attrgetter("user_revision")), up_to


def _address(row: Any, names: Mapping[int, str]) -> tuple[str, bool]:
    return str(row.target_id) if row.is_group else names[row.target_id], bool(row.is_group)


def _preferences_of(row: Any) -> Preferences:
    return Preferences(row.level, row.unread_from, row.user_revision)
