"""Sync: returns what is newer than a client's state, for all conversations of its user at once."""

from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from chatapp.actions.change_log import PAGE_SIZE, Change, changes_between, position_at
from chatapp.actions.conversations import list_conversations
from chatapp.actions.installation_settings import system_days
from chatapp.actions.message_states import Reader
from chatapp.actions.message_updates import MessageUpdate
from chatapp.actions.overview import Overview
from chatapp.actions.personal_changes import PersonalChange, personal_changes
from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import PersonRemoved, Renamed, changes_known_to, last_number
from chatapp.journal import Journal, StoredMessage
from chatapp.models.tables import FORMER_MEMBERSHIPS, USERS
from chatapp.payloads import KnownConversation, SyncRequest
from chatapp.prepared_statements import tuples

LARGEST_GAP = 1_000
"""Revisions of one conversation that a client may be behind. Beyond that it starts over with the conversation."""

NEW_CONVERSATIONS = 500
"""Newly joined conversations in one answer."""

USER_REVISION = select(USERS.c.revision).where(USERS.c.id == bindparam("user_id"))
FORMER_CONVERSATIONS = select(FORMER_MEMBERSHIPS.c.conversation_id, FORMER_MEMBERSHIPS.c.user_revision).where(
    FORMER_MEMBERSHIPS.c.user_id == bindparam("user_id"), FORMER_MEMBERSHIPS.c.user_revision > bindparam("after")
)


@dataclass(slots=True)
class ConversationSync:
    """The news of one conversation: the whole conversation, for the client to start over with (`is_whole`), or its
    changes in order up to `revision`. `overview` has the watermarks in both cases."""

    overview: Overview
    revision: int
    is_whole: bool
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Sync:
    """The answer to a sync. `user_revision` is the last of the user's own changes in it. `gone` names the conversations
    that the user left, by receiver and whether it is a group. `personal` holds what else concerns the user alone,
    `renamed` the usernames that have changed, up to the number `names`. The system erases messages after
    `retention_days`.
    `has_more`: the client syncs again with its new state."""

    user_revision: int
    has_more: bool = False
    conversations: list[ConversationSync] = field(default_factory=list)
    gone: list[tuple[str, bool]] = field(default_factory=list)
    personal: list[PersonalChange] = field(default_factory=list)
    names: int = 0
    renamed: list[Renamed | PersonRemoved] = field(default_factory=list)
    retention_days: int = 0


def sync(journal: Journal, caller: Caller, request: SyncRequest) -> Sync:
    """Returns what is newer than the revisions in the request.

    A conversation that the request does not name is included if the user joined it after `user_revision`. A
    conversation that the client has nothing of, or is too far behind in, is included as a whole.
    """
    names = last_number()
    # The user revision is read first, so that the next request finds any change that is stored from now on.
    result = Sync(tuples(USER_REVISION, user_id=caller.user_id)[0][0])
    result.names, result.retention_days = names, system_days()
    if request.names is not None and request.names != names:
        result.renamed = changes_known_to(caller, request.names)
    left = tuples(FORMER_CONVERSATIONS, user_id=caller.user_id, after=request.user_revision)
    overviews = {overview.key: overview for overview in list_conversations(journal, caller)}
    known = {(conversation.receiver, conversation.group): conversation for conversation in request.conversations}
    result.gone = [key for key in known if key not in overviews]
    result.gone += [
        key
        for conversation_id, _ in left
        if (key := (str(conversation_id), True)) not in known and key not in overviews
    ]
    _add_personal(result, caller, request.user_revision)
    _add_whole(result, request, known, overviews)
    _add_changes(result, known, overviews)
    return result


def _add_personal(result: Sync, caller: Caller, after: int) -> None:
    result.personal, up_to = personal_changes(caller.user_id, after)
    if up_to is not None and up_to < result.user_revision:
        result.user_revision = up_to
        result.has_more = True


def _add_whole(
    result: Sync,
    request: SyncRequest,
    known: dict[tuple[str, bool], KnownConversation],
    overviews: dict[tuple[str, bool], Overview],
) -> None:
    """Adds whole conversations. New ones come in the order in which the user joined them, so that a part of them ends
    at a user revision."""
    joined = [overview for overview in overviews.values() if overview.user_revision > request.user_revision]
    joined.sort(key=lambda overview: overview.user_revision)
    if len(joined) > NEW_CONVERSATIONS:
        joined = joined[:NEW_CONVERSATIONS]
        result.user_revision = min(result.user_revision, joined[-1].user_revision)
        result.has_more = True
    whole = {overview.key: overview for overview in joined}
    for key, conversation in known.items():
        overview = overviews.get(key)
        if overview is not None and _must_start_over(conversation.revision, overview.revision):
            whole[key] = overview
    result.conversations = [ConversationSync(overview, overview.revision, is_whole=True) for overview in whole.values()]


def _must_start_over(known: int, current: int) -> bool:
    """Whether the client has nothing, is too far behind, or is ahead of a database that was restored from a backup."""
    return known == 0 < current or known > current or current - known > LARGEST_GAP


def _add_changes(
    result: Sync, known: dict[tuple[str, bool], KnownConversation], overviews: dict[tuple[str, bool], Overview]
) -> None:
    whole = {added.overview.key for added in result.conversations}
    remaining = PAGE_SIZE
    for key, conversation in known.items():
        overview = overviews.get(key)
        if overview is None or key in whole:
            continue
        if overview.revision == conversation.revision and overview.watermark_sum == conversation.watermarks:
            continue
        if remaining <= 0:
            result.has_more = True
            return
        news = _changes_of(overview, conversation.revision, remaining)
        remaining -= max(1, len(news.changes))
        result.has_more |= news.revision < overview.revision
        result.conversations.append(news)


def _changes_of(overview: Overview, revision: int, limit: int) -> ConversationSync:
    if overview.revision == revision:
        return ConversationSync(overview, revision, is_whole=False)
    conversation_id = overview.conversation_id
    changes, reached = changes_between(
        conversation_id,
        position_at(conversation_id, revision),
        overview.revision,
        limit,
        Reader(overview.user_id, overview.hidden_up_to),
    )
    return ConversationSync(overview, reached.revision, is_whole=False, changes=_visible(changes, overview))


def _visible(changes: list[Change], overview: Overview) -> list[Change]:
    """The changes that the user may see. A new message has its current state, so that its updates are left out."""
    new = {change.sequence for change in changes if isinstance(change, StoredMessage)}
    return [
        change
        for change in changes
        if not isinstance(change, StoredMessage | MessageUpdate)
        or (
            change.sequence > overview.hidden_up_to
            and not (isinstance(change, MessageUpdate) and change.sequence in new)
        )
    ]
