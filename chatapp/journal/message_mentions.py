"""Stores the mentions of messages in an open transaction. Only a message with an `@` in its text runs a statement."""

from datetime import timedelta
from typing import Any

from chatapp.database import WriterConnection
from chatapp.journal.drafts import MessageDraft
from chatapp.journal.message_state import MentionPlace
from chatapp.mentions import EVERYBODY, GROUP, HERE, MOST_ONLINE, StoredMention, find_mentions, may_mention, to_text
from chatapp.models.presence import NODE_SILENCE

MEMBERS = """SELECT m.user_id, u.username FROM membership m JOIN "user" u ON u.id = m.user_id
WHERE m.conversation_id = ?"""

ONLINE = """SELECT DISTINCT m.user_id FROM membership m JOIN presence p ON p.user_id = m.user_id
JOIN node n ON n.name = p.node WHERE m.conversation_id = ? AND n.seen_at > ? LIMIT ?"""

INSERT = "INSERT INTO mention (conversation_id, user_id, sequence, sender_id) VALUES {rows}"
ROWS_PER_STATEMENT = 500


class MessageMentions:
    """The mentions in the messages of one batch. `at` is the time, in microseconds since 1970 UTC."""

    def __init__(self, connection: WriterConnection, at: int) -> None:
        self._connection = connection
        self._online_since = at - NODE_SILENCE // timedelta(microseconds=1)
        self._rows: list[tuple[int, int, int, int]] = []
        self.texts: dict[tuple[int, int], str | None] = {}
        """What the rows of the messages keep, by conversation id and sequence."""

    def add(self, draft: MessageDraft, conversation_id: int, sequence: int) -> list[MentionPlace]:
        """The mentions in the text of a message that is being stored."""
        if not may_mention(draft.content):
            return []
        sender_id, is_group = draft.sender_id, draft.is_group
        rows = self._connection.execute(MEMBERS, (conversation_id,)).fetchall()
        members = {row[0]: row[1] for row in rows if is_group or row[0] != sender_id}
        found = find_mentions(draft.content, members, is_group=is_group)
        if not found:
            return []
        user_ids = users_of(found)
        if any(mention.target == HERE for mention in found):
            values = (conversation_id, self._online_since, MOST_ONLINE + 1)
            online = {row[0] for row in self._connection.execute(ONLINE, values).fetchall()}
            user_ids |= online if len(online) <= MOST_ONLINE else {EVERYBODY}
        self._rows += [(conversation_id, user_id, sequence, sender_id) for user_id in sorted(user_ids)]
        self.texts[conversation_id, sequence] = to_text(found)
        return places_of(found, members)

    def insert(self) -> None:
        for start in range(0, len(self._rows), ROWS_PER_STATEMENT):
            rows = self._rows[start : start + ROWS_PER_STATEMENT]
            values: list[Any] = [value for row in rows for value in row]
            self._connection.execute(INSERT.format(rows=", ".join(["(?, ?, ?, ?)"] * len(rows))), values)


def users_of(mentions: list[StoredMention]) -> set[int]:
    """The ids of the users who are mentioned by name; EVERYBODY for `@group`."""
    named = {mention.target for mention in mentions if isinstance(mention.target, int)}
    return named | {EVERYBODY} if any(mention.target == GROUP for mention in mentions) else named


def places_of(mentions: list[StoredMention], names: Any) -> list[MentionPlace]:
    """The mentions with usernames, as in an event for all members."""
    return [
        MentionPlace(start, end, names[target] if isinstance(target, int) else None, str(target))
        for start, end, target in mentions
    ]
