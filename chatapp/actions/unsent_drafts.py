"""Drafts: text that a user has typed in a conversation and not sent, on any of their devices."""

from dataclasses import dataclass

from chatapp.actions.lookup import find_target
from chatapp.actions.sessions import Caller
from chatapp.errors import DraftChanged
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_own_revision
from chatapp.models import Draft
from chatapp.personal_payloads import SaveDraft


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """`content` is empty if there is nothing unsent, `user_revision` 0 if there never was."""

    content: str = ""
    user_revision: int = 0


def save_draft(journal: Journal, caller: Caller, wanted: SaveDraft) -> OwnDraft:
    """Stores the draft in place of the one that the caller's device knows. Saving the same text again changes nothing.

    Raises DraftChanged, with the stored draft, if the device does not know the newest one; NotFound or NotAMember for
    the conversation.
    """
    target = find_target(caller, wanted.receiver, is_group=wanted.group)
    key = (caller.user_id, target.is_group, target.target_id)

    def write(transaction: Transaction) -> OwnDraft:
        row = transaction.session.get(Draft, key)
        if (OwnDraft() if row is None else _of(row)).content == wanted.content:
            return OwnDraft() if row is None else _of(row)
        revision = take_own_revision(transaction, caller.user_id)
        # Read again under the lock of the user's row: another device may have stored the row meanwhile.
        row = transaction.session.get(Draft, key, populate_existing=True)
        before = OwnDraft() if row is None else _of(row)
        if wanted.known is not None and wanted.known != before.user_revision:
            details = {"content": before.content, "userRevision": before.user_revision}
            raise DraftChanged("Another device has changed this draft.", draft=details)
        if row is None:
            row = Draft(user_id=key[0], is_group=key[1], target_id=key[2])
            transaction.session.add(row)
        row.content, row.user_revision = wanted.content, revision
        return _of(row)

    return journal.write(write)


def _of(row: Draft) -> OwnDraft:
    return OwnDraft(row.content, row.user_revision)
