"""The changes that concern one user alone, read back by the user's revision: preferences, drafts and settings.

Each row carries the user's revision of its last change, so a row that changed five times is returned once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, Table, bindparam, select

from chatapp.actions.own_settings import OwnSettings, settings_of
from chatapp.actions.preferences import Preferences
from chatapp.actions.unsent_drafts import OwnDraft
from chatapp.actions.usernames import usernames_of
from chatapp.models.tables import CONVERSATION_PREFERENCES, DRAFTS
from chatapp.prepared_statements import rows

PAGE_SIZE = 500
"""Preferences in one answer."""
DRAFTS_PAGE_SIZE = 50
"""Drafts in one answer, of up to 64 KiB each."""


def _after(table: Table, limit: int, *names: str) -> Select[Any]:
    """The rows of a user in a table that changed after a revision, oldest change first."""
    columns = [table.c[name] for name in ("is_group", "target_id", *names, "user_revision")]
    is_wanted = (table.c.user_id == bindparam("user_id")) & (table.c.user_revision > bindparam("after"))
    return select(*columns).where(is_wanted).order_by(table.c.user_revision).limit(limit)


PREFERENCES = _after(CONVERSATION_PREFERENCES, PAGE_SIZE, "level", "unread_from")
UNSENT = _after(DRAFTS, DRAFTS_PAGE_SIZE, "content")


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


PersonalChange = PreferencesChange | DraftChange | OwnSettings


def personal_changes(user_id: int, after: int) -> tuple[list[PersonalChange], int | None]:
    """A user's changes after a revision, in order, and the revision up to which they are complete (None: all of them).

    Some may be about groups that the user has left.
    """
    preferences, drafts = (rows(statement, user_id=user_id, after=after) for statement in (PREFERENCES, UNSENT))
    pages = ((preferences, PAGE_SIZE), (drafts, DRAFTS_PAGE_SIZE))
    up_to = min((found[-1].user_revision for found, limit in pages if len(found) == limit), default=None)
    names = usernames_of({row.target_id for row in [*preferences, *drafts] if not row.is_group})
    changes: list[PersonalChange] = [
        *(PreferencesChange(*_address(row, names), _preferences_of(row)) for row in preferences),
        *(DraftChange(*_address(row, names), OwnDraft(row.content, row.user_revision)) for row in drafts),
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
