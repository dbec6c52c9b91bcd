"""Stores one batch of reactions and votes in an open transaction: lock, authorise, decide, number, insert.

The number of statements does not depend on the number of drafts. Each message that changes takes one revision, and each
conversation has one notice. A refused draft leaves nothing behind, because all decisions are made before the inserts.
"""

from collections.abc import Collection, Sequence
from typing import Any

from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.errors import NO_EXCHANGE, Blocked, MessageDeleted, NotFound
from chatapp.journal.drafts import FeedbackDraft, FeedbackOutcome, ReactionDraft, StoredFeedback, VoteDraft
from chatapp.journal.locked_message import LockedMessage
from chatapp.journal.reactions import Reactions
from chatapp.journal.values import flat, placeholders, value_rows
from chatapp.journal.votes import Votes
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import parse_message_id
from chatapp.notices import ConversationChanged, Notice

CONVERSATIONS = """SELECT id, direct_key, shares_history, revision, last_sequence, is_blocked FROM conversation
WHERE id IN ({ids})"""

# As in repeats.py, joins: SQLite scans the whole table for `(a, b) IN (VALUES ...)`.
MEMBERS = """WITH wanted (conversation_id, user_id) AS (VALUES {rows})
SELECT m.conversation_id, m.user_id, m.joined_sequence FROM wanted w CROSS JOIN membership m
WHERE m.conversation_id = w.conversation_id AND m.user_id = w.user_id"""

MESSAGES = """WITH wanted (conversation_id, sequence) AS (VALUES {rows})
SELECT m.conversation_id, m.sequence, m.deleted_at, p.options, p.is_multiple, p.closes_at, p.closed_at
FROM wanted w CROSS JOIN message m
LEFT JOIN poll p ON p.conversation_id = m.conversation_id AND p.sequence = m.sequence
WHERE m.conversation_id = w.conversation_id AND m.sequence = w.sequence"""

CHANGE_MESSAGE = "UPDATE message SET changed_revision = ? WHERE conversation_id = ? AND sequence = ?"
CHANGE_CONVERSATION = "UPDATE conversation SET revision = ?, state_revision = ? WHERE id = ?"

Place = tuple[int, int]
"""A conversation id, and a sequence or a user id."""


class FeedbackBatch:
    """Stores drafts through one connection. It caches nothing between batches, so a removal takes effect at once."""

    def __init__(self, connection: WriterConnection) -> None:
        self._connection = connection
        self._lock = "" if connection.is_sqlite else " ORDER BY id FOR NO KEY UPDATE"
        self._conversations: dict[int, Sequence[Any]] = {}
        self._members: dict[Place, int] = {}
        self._messages: dict[Place, LockedMessage] = {}
        self.notices: list[Notice] = []

    def store(self, drafts: Sequence[FeedbackDraft]) -> list[FeedbackOutcome]:
        """The outcome of each draft, in order. An exception means that the whole transaction failed."""
        places = [parse_message_id(draft.message_id) for draft in drafts]
        self._conversations = self._lock_conversations({place[0] for place in places if place is not None})
        wanted = [(place, draft) for place, draft in zip(places, drafts, strict=True) if place is not None]
        wanted = [(place, draft) for place, draft in wanted if place[0] in self._conversations]
        self._members = self._read_members({(place[0], draft.user_id) for place, draft in wanted})
        self._messages = self._read_messages({place for place, _ in wanted})
        known = [(draft, self._messages[place]) for place, draft in wanted if place in self._messages]
        at = to_microseconds(now())
        reactions = Reactions(self._connection, [pair for pair in known if isinstance(pair[0], ReactionDraft)], at)
        votes = Votes(self._connection, [pair for pair in known if isinstance(pair[0], VoteDraft)], at)
        outcomes = [
            self._outcome_of(draft, place, reactions, votes) for draft, place in zip(drafts, places, strict=True)
        ]
        self._take_revisions([message for message in self._messages.values() if message.is_changed])
        reactions.store()
        votes.store()
        return outcomes

    def _outcome_of(
        self, draft: FeedbackDraft, place: Place | None, reactions: Reactions, votes: Votes
    ) -> FeedbackOutcome:
        message = self._messages.get(place) if place is not None else None
        joined = None if message is None else self._members.get((message.touched.conversation_id, draft.user_id))
        if message is None or joined is None:
            return NotFound("There is no such message.", messageId=draft.message_id)
        hidden_up_to = 0 if message.shares_history else joined
        if message.touched.sequence <= hidden_up_to:
            return NotFound("There is no such message.", messageId=draft.message_id)
        if message.is_blocked:
            return Blocked(NO_EXCHANGE)
        if message.is_deleted:
            return MessageDeleted("The message was deleted.", messageId=draft.message_id)
        refusal = votes.add(draft, message) if isinstance(draft, VoteDraft) else reactions.add(draft, message)
        return refusal or StoredFeedback(message.touched, hidden_up_to)

    def _lock_conversations(self, ids: Collection[int]) -> dict[int, Sequence[Any]]:
        if not ids:
            return {}
        sql = CONVERSATIONS.format(ids=placeholders(ids)) + self._lock
        return {row[0]: row for row in self._connection.execute(sql, tuple(ids)).fetchall()}

    def _read_members(self, wanted: Collection[Place]) -> dict[Place, int]:
        """The sequence at which each of these members joined, by conversation id and user id."""
        rows = self._read(MEMBERS, wanted)
        return {(row[0], row[1]): row[2] for row in rows}

    def _read_messages(self, wanted: Collection[Place]) -> dict[Place, LockedMessage]:
        rows = self._read(MESSAGES, wanted)
        return {(row[0], row[1]): LockedMessage(self._conversations[row[0]], row) for row in rows}

    def _read(self, sql: str, wanted: Collection[Place]) -> Sequence[Any]:
        if not wanted:
            return []
        found: Sequence[Any] = self._connection.execute(
            sql.format(rows=value_rows(2, len(wanted))), flat(wanted)
        ).fetchall()
        return found

    def _take_revisions(self, changed: Sequence[LockedMessage]) -> None:
        """Gives each changed message the next revision of its conversation."""
        of_conversations: dict[int, list[LockedMessage]] = {}
        for message in changed:
            of_conversations.setdefault(message.touched.conversation_id, []).append(message)
        for conversation_id, messages in of_conversations.items():
            _, direct_key, _, revision, last_sequence, _ = self._conversations[conversation_id]
            for message in messages:
                revision += 1
                message.revision = revision
            usernames = tuple(direct_key.split(" ")) if direct_key else ()
            first = revision - len(messages) + 1
            self.notices.append(
                ConversationChanged(conversation_id, first, revision, last_sequence, usernames, can_wait=True)
            )
        if changed:
            rows = [(one.revision, one.touched.conversation_id, one.touched.sequence) for one in changed]
            self._connection.execute_many(CHANGE_MESSAGE, rows)
            last = {number: messages[-1].revision for number, messages in of_conversations.items()}
            counters = [(revision, revision, number) for number, revision in last.items()]
            self._connection.execute_many(CHANGE_CONVERSATION, counters)
