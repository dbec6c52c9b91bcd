"""Catch up: what is newer than what a client has, in all conversations of its user at once."""

from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from chatapp.actions.accounts import Caller
from chatapp.actions.change_log import CHANGES, Change, changes_between, position_at
from chatapp.actions.conversations import Overview, list_conversations
from chatapp.journal import Journal, StoredMessage
from chatapp.models.tables import FORMER_MEMBERSHIPS, USERS
from chatapp.payloads import KnownConversation, SyncRequest
from chatapp.prepared_statements import tuples

LARGEST_GAP = 1_000
"""Changes of one conversation that a client may have missed and still be told one by one."""

NEW_CONVERSATIONS = 500
"""Conversations in one answer that the client has nothing of."""

USER_REVISION = select(USERS.c.revision).where(USERS.c.id == bindparam("user_id"))
LEFT = select(FORMER_MEMBERSHIPS.c.conversation_id, FORMER_MEMBERSHIPS.c.user_revision).where(
    FORMER_MEMBERSHIPS.c.user_id == bindparam("user_id"), FORMER_MEMBERSHIPS.c.user_revision > bindparam("after")
)


@dataclass(slots=True)
class ConversationSync:
    """What is new in one conversation: either all of it, to start over from (`is_whole`), or its changes in order up to
    `revision`. `overview` has the watermarks in either case."""

    overview: Overview
    revision: int
    is_whole: bool
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Sync:
    """`user_revision` is how far the user's own changes go that are in here. `gone` names the conversations that the
    user has left, by receiver and whether it is a group. `has_more`: ask again, with what this leads to."""

    user_revision: int
    has_more: bool = False
    conversations: list[ConversationSync] = field(default_factory=list)
    gone: list[tuple[str, bool]] = field(default_factory=list)


def sync(journal: Journal, caller: Caller, request: SyncRequest) -> Sync:
    """What is newer than the revisions that the request names.

    A conversation that the request does not name is in the answer if the user joined it after `user_revision`. One that
    the client has nothing of, or has fallen too far behind in, is there as a whole.
    """
    # First: what changes after that is found by the next request, and not skipped.
    result = Sync(tuples(USER_REVISION, user_id=caller.user_id)[0][0])
    left = tuples(LEFT, user_id=caller.user_id, after=request.user_revision)
    overviews = {one.key: one for one in list_conversations(journal, caller)}
    known = {(one.receiver, one.group): one for one in request.conversations}
    result.gone = [key for key in known if key not in overviews]
    result.gone += [key for number, _ in left if (key := (str(number), True)) not in known and key not in overviews]
    _add_whole(result, request, known, overviews)
    _add_changes(result, known, overviews)
    return result


def _add_whole(
    result: Sync,
    request: SyncRequest,
    known: dict[tuple[str, bool], KnownConversation],
    overviews: dict[tuple[str, bool], Overview],
) -> None:
    """In the order in which the user joined, so that a part of them leads to a revision of the user's."""
    joined = [one for one in overviews.values() if one.row.user_revision > request.user_revision]
    joined.sort(key=lambda one: one.row.user_revision)
    if len(joined) > NEW_CONVERSATIONS:
        joined = joined[:NEW_CONVERSATIONS]
        result.user_revision = joined[-1].row.user_revision
        result.has_more = True
    whole = {one.key: one for one in joined}
    for key, one in known.items():
        overview = overviews.get(key)
        if overview is not None and _must_start_over(one.revision, overview.row.revision):
            whole[key] = overview
    result.conversations = [ConversationSync(one, one.row.revision, is_whole=True) for one in whole.values()]


def _must_start_over(known: int, current: int) -> bool:
    """A client has nothing, has fallen too far behind, or is ahead of a database that was restored from a backup."""
    return known == 0 < current or known > current or current - known > LARGEST_GAP


def _add_changes(
    result: Sync, known: dict[tuple[str, bool], KnownConversation], overviews: dict[tuple[str, bool], Overview]
) -> None:
    whole = {one.overview.key for one in result.conversations}
    room = CHANGES
    for key, one in known.items():
        overview = overviews.get(key)
        if overview is None or key in whole:
            continue
        if overview.row.revision == one.revision and overview.watermarks == one.watermarks:
            continue
        if room <= 0:
            result.has_more = True
            return
        found = _changes_of(overview, one.revision, room)
        room -= max(1, len(found.changes))
        result.has_more |= found.revision < overview.row.revision
        result.conversations.append(found)


def _changes_of(overview: Overview, revision: int, limit: int) -> ConversationSync:
    if overview.row.revision == revision:
        return ConversationSync(overview, revision, is_whole=False)
    number = overview.row.id
    changes, reached = changes_between(number, position_at(number, revision), overview.row.revision, limit)
    visible = [one for one in changes if not isinstance(one, StoredMessage) or one.sequence > overview.hidden_up_to]
    return ConversationSync(overview, reached.revision, is_whole=False, changes=visible)
