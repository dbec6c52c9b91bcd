"""Stores one batch of drafts in an open transaction: authorise, find repeats, number, insert.

The statements are plain SQL with `?` placeholders, the same on SQLite and PostgreSQL, because each message runs them.
Rows are locked in a fixed order: the users of scheduled messages, groups, then direct conversations, each by id.
Opening a direct conversation locks users last, so it may deadlock with a scheduled message; the writer retries that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.errors import NO_EXCHANGE, Blocked, ChatError, LimitReached, NotAMember, NotFound, OnlyAdminsWrite
from chatapp.journal.direct_conversations import DirectConversations
from chatapp.journal.drafts import MessageDraft, Outcome, StoredMessage
from chatapp.journal.forwarding import Forwarding, Origin
from chatapp.journal.locked_conversation import LockedConversation
from chatapp.journal.message_files import MessageFiles, with_files
from chatapp.journal.message_mentions import MessageMentions
from chatapp.journal.message_state import FileState, MessageState
from chatapp.journal.polls import insert_polls, state_of_poll
from chatapp.journal.quotes import quote_of
from chatapp.journal.repeats import REPEATS, from_row
from chatapp.journal.scheduled import ScheduledDrafts
from chatapp.journal.values import flat, placeholders, value_rows
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import ROLES_OF
from chatapp.notices import Notice
from chatapp.payload_fields import THREAD_MESSAGES

# As in repeats.py, a join: SQLite scans the whole table for `(a, b) IN (VALUES ...)`.
MEMBERS = """WITH wanted (conversation_id, user_id) AS (VALUES {rows})
SELECT m.conversation_id, m.user_id, m.role FROM wanted w CROSS JOIN membership m
WHERE m.conversation_id = w.conversation_id AND m.user_id = w.user_id"""

INSERT = """INSERT INTO message (conversation_id, sequence, sender_id, content, client_id, created_at, revision,
reply_to, mentions) VALUES {rows}"""
INSERTED = 9
"""Columns of INSERT."""

RAISE_READ = """UPDATE membership SET read_sequence = ?
WHERE conversation_id = ? AND user_id = ? AND read_sequence < ?"""


class MessageBatch:
    """Stores drafts through one connection. It caches nothing between batches, so a removal takes effect at once."""

    def __init__(self, connection: WriterConnection) -> None:
        self.connection = connection
        self.lock = "" if connection.is_sqlite else " ORDER BY id FOR NO KEY UPDATE"
        self.created_at = to_microseconds(now())
        self.files = MessageFiles(connection)
        self.forwarding = Forwarding(connection, self.files)
        self.mentions = MessageMentions(connection, self.created_at)
        self.notices: list[Notice] = []
        """Notices to send in addition to those about the messages."""
        self.directs = DirectConversations(connection, self.lock, self.created_at, self.notices)

    def store(self, drafts: Sequence[MessageDraft]) -> list[Outcome]:
        """The outcome of each draft, in order. An exception means that the whole transaction failed."""
        scheduled = ScheduledDrafts(self.connection, drafts)
        groups = self._lock_senders_groups([draft for draft in drafts if draft.is_group])
        directs = self.directs.lock([draft for draft in drafts if not draft.is_group])
        known = self._find_repeats(drafts)
        outcomes = [scheduled.refusal_of(draft) or self._outcome_of(draft, groups, directs, known) for draft in drafts]
        messages = [outcome for outcome in outcomes if isinstance(outcome, StoredMessage) and not outcome.is_repeat]
        self._insert(messages)
        insert_polls(self.connection, messages)
        self.files.insert(messages)
        self.forwarding.store()
        self.mentions.insert()
        self._raise_read_of_senders([message for message in messages if not message.is_awaited])
        self.notices += scheduled.settle(drafts, outcomes)
        self._store_counters([*groups.values(), *directs.values()])
        return outcomes

    def _outcome_of(
        self,
        draft: MessageDraft,
        groups: dict[tuple[str, int], "LockedConversation | ChatError"],
        directs: dict[str, "LockedConversation | ChatError"],
        known: dict[tuple[int, str], StoredMessage],
    ) -> Outcome:
        if draft.client_id and (draft.sender_id, draft.client_id) in known:
            repeat = known[draft.sender_id, draft.client_id]
            return self.forwarding.of_repeat(repeat) if draft.forwards else repeat
        origin = self.forwarding.origin_of(draft)
        if isinstance(origin, ChatError):
            return origin
        locked = groups[draft.receiver, draft.sender_id] if draft.is_group else self.directs.of(draft, directs)
        if isinstance(locked, ChatError):
            return locked
        if locked.parent_id is not None and locked.last_sequence >= THREAD_MESSAGES:
            return LimitReached(f"A thread may have {THREAD_MESSAGES:,} messages.", limit=THREAD_MESSAGES)
        if draft.reply_to is not None and draft.reply_to > locked.stored_sequence:
            return NotFound("There is no such message to answer.", replyTo=draft.reply_to)
        files = self.files.of(draft) if draft.files else []
        if isinstance(files, ChatError):
            return files
        stored = self.forwarding.add(self._number(draft, locked, origin, files), origin)
        if draft.client_id:
            known[draft.sender_id, draft.client_id] = replace(stored, is_repeat=True)
        return stored

    def _number(
        self, draft: MessageDraft, locked: LockedConversation, origin: Origin | None, files: list[FileState]
    ) -> StoredMessage:
        locked.last_sequence += 1
        locked.revision += 1
        locked.has_new_messages = True
        sender, receiver = (draft.sender, draft.receiver) if draft.is_group else self.directs.names_in(draft)
        return StoredMessage(
            locked.conversation_id,
            locked.last_sequence,
            draft.sender_id,
            sender,
            receiver,
            draft.is_group,
            draft.content if origin is None else origin.content,
            draft.client_id,
            self.created_at,
            locked.revision,
            is_awaited=draft.is_awaited,
            state=self._state(draft, locked, files) if origin is None else origin.state_at(locked.revision),
        )

    def _state(self, draft: MessageDraft, locked: LockedConversation, files: list[FileState]) -> MessageState | None:
        """What the message that was numbered last has beyond its text."""
        state = with_files(state_of_poll(draft, locked.revision), locked.revision, files)
        if draft.reply_to is not None:
            state = state or MessageState()
            state.quote = quote_of(self.connection, locked.conversation_id, draft.reply_to, locked.shares_history)
        if "@" in draft.content and (found := self.mentions.add(draft, locked.conversation_id, locked.last_sequence)):
            state = state or MessageState()
            state.mentions = found
        return state

    def _lock_senders_groups(self, drafts: list[MessageDraft]) -> dict[tuple[str, int], LockedConversation | ChatError]:
        """The conversation for each pair of group and sender, looked up through the sender's membership."""
        wanted = {(draft.receiver, draft.sender_id): parse_conversation_id(draft.receiver) for draft in drafts}
        if not wanted:
            return {}
        conversations = self._lock_groups({number for number in wanted.values() if number is not None})
        members = self._members([(number, user) for (_, user), number in wanted.items() if number in conversations])
        roles = self._roles_in_parents(members, conversations)
        groups: dict[tuple[str, int], LockedConversation | ChatError] = {}
        for (receiver, user_id), number in wanted.items():
            if number not in conversations:
                groups[receiver, user_id] = NotFound("There is no such group.", receiver=receiver)
            elif (role := members.get((number, user_id))) is None:
                groups[receiver, user_id] = NotAMember("Only members can write to this group.", receiver=receiver)
            elif conversations[number].is_blocked:
                groups[receiver, user_id] = Blocked(NO_EXCHANGE)
            elif (role := roles.get((number, user_id), role)) not in ROLES_OF[conversations[number].writers]:
                groups[receiver, user_id] = OnlyAdminsWrite(
                    "Only owners and admins may write in this group.", receiver=receiver, role=role
                )
            else:
                groups[receiver, user_id] = conversations[number]
        return groups

    def _lock_groups(self, numbers: set[int]) -> dict[int | None, LockedConversation]:
        if not numbers:
            return {}
        wanted = f"id IN ({placeholders(numbers)}) AND kind = '{GROUP}'"
        columns = "id, last_sequence, revision, shares_history, writers, parent_id"
        sql = f"SELECT {columns} FROM conversation WHERE {wanted}{self.lock}"
        rows = self.connection.execute(sql, tuple(numbers)).fetchall()
        locked: dict[int | None, LockedConversation] = {row[0]: LockedConversation(*row) for row in rows}
        self._take_writers_of_parents([found for found in locked.values() if found.parent_id is not None])
        return locked

    def _take_writers_of_parents(self, threads: list[LockedConversation]) -> None:
        if not threads:
            return
        parents = {thread.parent_id for thread in threads}
        sql = f"SELECT id, writers, is_blocked FROM conversation WHERE id IN ({placeholders(parents)})"
        found = {row[0]: row[1:] for row in self.connection.execute(sql, tuple(parents)).fetchall()}
        for thread in threads:
            thread.writers, thread.is_blocked = found[thread.parent_id]

    def _members(self, pairs: list[tuple[int | None, int]]) -> dict[tuple[int | None, int], str]:
        """The role for each pair of group and user that is a membership."""
        if not pairs:
            return {}
        sql = MEMBERS.format(rows=value_rows(2, len(pairs)))
        return {(row[0], row[1]): row[2] for row in self.connection.execute(sql, flat(pairs)).fetchall()}

    def _roles_in_parents(
        self, members: Iterable[tuple[int | None, int]], conversations: dict[int | None, LockedConversation]
    ) -> dict[tuple[int | None, int], str]:
        """The role in the parent's conversation for each pair of thread and follower."""
        parents = {
            (number, user_id): (parent_id, user_id)
            for number, user_id in members
            if (parent_id := conversations[number].parent_id) is not None
        }
        found = self._members(list(parents.values()))
        return {pair: found[parent] for pair, parent in parents.items() if parent in found}

    def _find_repeats(self, drafts: Sequence[MessageDraft]) -> dict[tuple[int, str], StoredMessage]:
        """Messages that an earlier attempt stored. Read under the conversations' locks, so that another process cannot
        store one in between."""
        pairs = [(draft.sender_id, draft.client_id) for draft in drafts if draft.client_id]
        if not pairs:
            return {}
        sql = REPEATS.format(rows=value_rows(2, len(pairs)))
        rows = self.connection.execute(sql, flat(pairs)).fetchall()
        return {(row[2], row[4]): from_row(row) for row in rows}

    def _insert(self, messages: list[StoredMessage]) -> None:
        if not messages:
            return
        values: list[Any] = []
        for message in messages:
            values += (message.conversation_id, message.sequence, message.sender_id, message.content)
            reply_to = None if message.state is None or message.state.quote is None else message.state.quote.sequence
            mentions = self.mentions.texts.get((message.conversation_id, message.sequence))
            values += (message.client_id, message.created_at, message.revision, reply_to, mentions)
        self.connection.execute(INSERT.format(rows=value_rows(INSERTED, len(messages))), values)

    def _raise_read_of_senders(self, messages: list[StoredMessage]) -> None:
        """Raises the senders' read watermarks: a sender has read their own message.

        Called for messages sent over HTTP, where no process may hold the sender's watermarks. For a message sent over a
        socket, that socket's process raises the watermark in memory and writes it together with others.
        """
        newest = {(message.conversation_id, message.sender_id): message.sequence for message in messages}
        for (conversation_id, sender_id), sequence in newest.items():
            self.connection.execute(RAISE_READ, (sequence, conversation_id, sender_id, sequence))

    def _store_counters(self, conversations: list[LockedConversation | ChatError]) -> None:
        sql = "UPDATE conversation SET last_sequence = ?, revision = ?, last_message_at = ? WHERE id = ?"
        locked = [found for found in conversations if isinstance(found, LockedConversation)]
        changed = {found.conversation_id: found for found in locked if found.has_new_messages}
        for number, found in changed.items():
            self.connection.execute(sql, (found.last_sequence, found.revision, self.created_at, number))
