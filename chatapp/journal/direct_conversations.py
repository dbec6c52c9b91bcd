"""The direct conversations of a batch of drafts: finds them by their key, and opens those that do not exist yet."""

from chatapp.database import WriterConnection
from chatapp.errors import NO_EXCHANGE, Blocked, ChatError, NotFound
from chatapp.journal.drafts import MessageDraft
from chatapp.journal.locked_conversation import LockedConversation
from chatapp.journal.values import placeholders
from chatapp.models.conversation import DIRECT, direct_key
from chatapp.models.membership import MEMBER
from chatapp.notices import MembershipsChanged, Notice
from chatapp.visibility import HIDDEN_RECEIVER

RECEIVER = f"""SELECT id FROM "user" receiver
WHERE (username = ? OR id IN (SELECT user_id FROM username_change WHERE username = ?))
AND is_active AND NOT {HIDDEN_RECEIVER}"""
"""A former username leads to whoever had it."""

OPEN_DIRECT = """INSERT INTO conversation
(kind, direct_key, created_by, created_at, shares_history, last_sequence, revision, state_revision, details_revision)
VALUES (?, ?, ?, ?, TRUE, 0, 0, 0, 0) RETURNING id"""

JOIN_DIRECT = """INSERT INTO membership (conversation_id, user_id, role, delivered_sequence, read_sequence, joined_at,
joined_sequence, revision, user_revision)
VALUES (?, ?, ?, 0, 0, ?, 0, 0, ?)"""

BLOCK_BETWEEN = """SELECT 1 FROM block
WHERE is_on AND ((user_id = ? AND other_id = ?) OR (user_id = ? AND other_id = ?))"""

NEXT_USER_REVISION = 'UPDATE "user" SET revision = revision + 1 WHERE id = ? RETURNING revision'


class DirectConversations:
    """A draft may name its sender or its receiver by a former username, which leads to whoever had it. `notices` takes
    those about conversations that are opened."""

    def __init__(self, connection: WriterConnection, lock: str, created_at: int, notices: list[Notice]) -> None:
        self._connection = connection
        self._lock = lock
        self._created_at = created_at
        self._notices = notices
        self._present: dict[tuple[int, str], tuple[str, str]] = {}
        """The present usernames of sender and receiver, by the sender's id and the receiver as drafts name them."""

    def names_in(self, draft: MessageDraft) -> tuple[str, str]:
        """The present usernames of the sender and the receiver of a draft whose conversation is locked."""
        return self._present.get((draft.sender_id, draft.receiver), (draft.sender, draft.receiver))

    def lock(self, drafts: list[MessageDraft]) -> dict[str, LockedConversation | ChatError]:
        """The existing direct conversations by key. The key contains the sender's username, so the lookup is the
        authorisation."""
        wanted = {direct_key(draft.sender, draft.receiver) for draft in drafts}
        if not wanted:
            return {}
        return self._lock_keys(wanted)

    def _lock_keys(self, wanted: set[str]) -> dict[str, LockedConversation | ChatError]:
        keys = placeholders(wanted)
        sql = (
            "SELECT direct_key, id, last_sequence, revision, is_blocked FROM conversation "
            f"WHERE direct_key IN ({keys}){self._lock}"
        )
        rows = self._connection.execute(sql, tuple(wanted)).fetchall()
        return {
            key: Blocked(NO_EXCHANGE) if is_blocked else LockedConversation(*numbers)
            for key, *numbers, is_blocked in rows
        }

    def of(
        self, draft: MessageDraft, directs: dict[str, LockedConversation | ChatError]
    ) -> LockedConversation | ChatError:
        """The direct conversation of a draft. Only a new message creates it, since a repeat stores nothing."""
        key = direct_key(draft.sender, draft.receiver)
        if key not in directs:
            directs[key] = self._open(draft, directs)
        return directs[key]

    def _open(
        self, draft: MessageDraft, directs: dict[str, LockedConversation | ChatError]
    ) -> LockedConversation | ChatError:
        receiver = self._connection.execute(RECEIVER, (draft.receiver, draft.receiver, draft.sender_id)).fetchone()
        if receiver is None:
            return NotFound("There is no such user.", receiver=draft.receiver)
        both = (draft.sender_id, receiver[0])
        user_ids = tuple(sorted(set(both)))
        # Whoever blocks the other in this moment has the lock of their own row, and looks for the conversation then.
        self._connection.execute(f'SELECT id FROM "user" WHERE id IN ({placeholders(user_ids)}){self._lock}', user_ids)
        # A draft may name either of the two by a former username. While their rows are locked the names stay.
        of_both = f"WHERE id IN ({placeholders(user_ids)})"
        rows = self._connection.execute(f'SELECT id, username FROM "user" {of_both} AND is_active', user_ids).fetchall()
        names = dict(rows)
        if len(names) < len(user_ids):
            # One of the two was removed, or the account closed, since it was found.
            return NotFound("There is no such user.", receiver=draft.receiver)
        key = direct_key(names[both[0]], names[both[1]])
        self._present[draft.sender_id, draft.receiver] = names[both[0]], names[both[1]]
        if key not in directs:
            directs.update(self._lock_keys({key}))
        if key in directs:
            return directs[key]
        if self._connection.execute(BLOCK_BETWEEN, (*both, *reversed(both))).fetchone() is not None:
            return Blocked(NO_EXCHANGE)
        inserted = self._connection.execute(OPEN_DIRECT, (DIRECT, key, draft.sender_id, self._created_at)).fetchone()
        conversation_id = inserted[0]
        for user_id in user_ids:
            user_revision = self._connection.execute(NEXT_USER_REVISION, (user_id,)).fetchone()[0]
            self._connection.execute(JOIN_DIRECT, (conversation_id, user_id, MEMBER, self._created_at, user_revision))
        self._notices.append(MembershipsChanged(conversation_id, user_ids))
        directs[key] = LockedConversation(conversation_id, 0, 0)
        return directs[key]
