"""A user's own settings, the same on all of their devices."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_own_revision
from chatapp.models import UserSettings
from chatapp.models.preference import DAILY
from chatapp.models.tables import USER_SETTINGS
from chatapp.personal_payloads import ChangeSettings
from chatapp.prepared_statements import row_or_none

SETTINGS = select(
    USER_SETTINGS.c.shares_reads,
    USER_SETTINGS.c.shares_last_seen,
    USER_SETTINGS.c.shares_typing,
    USER_SETTINGS.c.shows_previews,
    USER_SETTINGS.c.shows_content,
    USER_SETTINGS.c.digest,
    USER_SETTINGS.c.do_not_disturb,
    USER_SETTINGS.c.user_revision,
).where(USER_SETTINGS.c.user_id == bindparam("user_id"))


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """`shares_reads`, `shares_last_seen` and `shares_typing` say what others see, and so what the user sees of others.
    `shows_previews` says whether links have previews. `shows_content`: notifications say who
    wrote what. `digest` is HOURLY, DAILY or "off". `do_not_disturb` is in the form of the wire; None if it is off.
    `user_revision` is 0 for the defaults."""

    shares_reads: bool = True
    shares_last_seen: bool = True
    shares_typing: bool = True
    shows_previews: bool = True
    shows_content: bool = True
    digest: str = DAILY
    do_not_disturb: dict[str, Any] | None = None
    user_revision: int = 0


NAMES = (
    *("shares_reads", "shares_last_seen", "shares_typing", "shows_previews", "shows_content"),
    *("digest", "do_not_disturb"),
)


def settings_of(user_id: int) -> OwnSettings:
    row = row_or_none(SETTINGS, user_id=user_id)
    return OwnSettings() if row is None else _of(row)


def change_settings(journal: Journal, user_id: int, wanted: ChangeSettings) -> OwnSettings:
    """Changes the settings of a user that were given. Returns all of them."""
    changes = _given(wanted)

    def write(transaction: Transaction) -> OwnSettings:
        row = transaction.session.get(UserSettings, user_id)
        before = OwnSettings() if row is None else _of(row)
        if all(getattr(before, name) == value for name, value in changes.items()):
            return before
        revision = take_own_revision(transaction, user_id, are_settings=True)
        # Read again under the lock of the user's row: another device may have stored the row meanwhile.
        row = transaction.session.get(UserSettings, user_id, populate_existing=True)
        if row is None:
            row = UserSettings(user_id=user_id, **{name: getattr(before, name) for name in NAMES})
            transaction.session.add(row)
        for name, value in changes.items():
            setattr(row, name, value)
        row.user_revision = revision
        return _of(row)

    return journal.write(write)


def _given(wanted: ChangeSettings) -> dict[str, Any]:
    """The settings to change, by name. Only `do_not_disturb` may be set to nothing."""
    hours = wanted.do_not_disturb
    given: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    if hours is not None:
        given["do_not_disturb"] = hours.model_dump(by_alias=True)
    return {name: value for name, value in given.items() if value is not None or name == "do_not_disturb"}


def _of(row: Any) -> OwnSettings:
    return OwnSettings(**{name: getattr(row, name) for name in NAMES}, user_revision=row.user_revision)
