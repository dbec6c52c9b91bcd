"""A user's preferences for a conversation: which messages notify, and from which message on it is marked as unread.

Each change takes the user's next revision. A call that changes nothing takes none.
"""

from dataclasses import dataclass

from chatapp.actions.lookup import find_target
from chatapp.actions.sessions import Caller
from chatapp.errors import InvalidInput
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_own_revision
from chatapp.models import ConversationPreference
from chatapp.models.preference import ALL
from chatapp.personal_payloads import ConversationPreferences


@dataclass(frozen=True, slots=True)
class Preferences:
    """A user's preferences for one conversation. `unread_from` is None if it is not marked as unread. `user_revision`
    is 0 for the defaults."""

    level: str = ALL
    unread_from: int | None = None
    user_revision: int = 0


def set_preferences(journal: Journal, caller: Caller, wanted: ConversationPreferences) -> Preferences:
    """Changes the preferences that were given. Returns all of them.

    Raises NotFound or NotAMember for the conversation, InvalidInput if there is no message to mark as unread.
    """
    target = find_target(caller, wanted.receiver, is_group=wanted.group)
    if wanted.unread_from is not None and wanted.unread_from > target.last_sequence:
        raise InvalidInput("There is no such message.", fields={"unreadFrom": "is after the last message"})
    changes = {name: getattr(wanted, name) for name in wanted.model_fields_set & {"level", "unread_from"}}
    if changes.get("level", ALL) is None:
        del changes["level"]
    key = (caller.user_id, target.is_group, target.target_id)

    def write(transaction: Transaction) -> Preferences:
        row = transaction.session.get(ConversationPreference, key)
        before = Preferences() if row is None else Preferences(row.level, row.unread_from, row.user_revision)
        if all(getattr(before, name) == value for name, value in changes.items()):
            return before
        revision = take_own_revision(transaction, caller.user_id)
        # Read again under the lock of the user's row: another device may have stored the row meanwhile.
        row = transaction.session.get(ConversationPreference, key, populate_existing=True)
        if row is None:
            row = ConversationPreference(user_id=key[0], is_group=key[1], target_id=key[2], level=ALL)
            transaction.session.add(row)
        for name, value in changes.items():
            setattr(row, name, value)
        row.user_revision = revision
        return Preferences(row.level, row.unread_from, revision)

    return journal.write(write)
