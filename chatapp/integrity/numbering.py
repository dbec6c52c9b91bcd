"""Gaps in sequences, revisions out of order, and watermarks beyond the last message."""

from chatapp.integrity.finding import RESTORE, Question

MESSAGES = Question(
    "sequence",
    """SELECT c.id, c.last_sequence, c.erased_sequence, COUNT(m.sequence), COALESCE(MIN(m.sequence), 0),
    COALESCE(MAX(m.sequence), 0) FROM conversation c LEFT JOIN message m ON m.conversation_id = c.id
    WHERE c.kind <> 'deleted' GROUP BY c.id, c.last_sequence, c.erased_sequence
    HAVING COUNT(m.sequence) <> c.last_sequence - c.erased_sequence
    OR COUNT(m.sequence) > 0 AND (MIN(m.sequence) <> c.erased_sequence + 1 OR MAX(m.sequence) <> c.last_sequence)
    ORDER BY c.id""",
    "Conversation {0} has {3} messages, from {4} to {5}; there should be one for each number above {2} up to {1}.",
    RESTORE,
)
RENAMED = Question(
    "sequence",
    "SELECT COUNT(*), MAX(number) FROM username_change HAVING COUNT(*) <> COALESCE(MAX(number), 0)",
    "There are {0} changes of usernames, numbered up to {1}.",
    RESTORE,
)
ORDER = Question(
    "revision",
    """SELECT m.conversation_id, m.sequence, m.revision, p.revision FROM message m JOIN message p
    ON p.conversation_id = m.conversation_id AND p.sequence = m.sequence - 1 WHERE p.revision >= m.revision
    ORDER BY m.conversation_id, m.sequence""",
    "Message {0}-{1} has the revision {2}, which is not above that of the message before it, {3}.",
    RESTORE,
)
COUNTERS = Question(
    "revision",
    """SELECT id, revision, last_sequence, state_revision, details_revision FROM conversation
    WHERE revision < last_sequence OR revision < state_revision OR revision < details_revision ORDER BY id""",
    "Conversation {0} has the revision {1}, below what it counts: {2} messages, a change {3}, its details {4}.",
    RESTORE,
)


def _beyond(table: str, column: str) -> Question:
    """Rows with a revision that their conversation has not reached. The next change would take it again."""
    return Question(
        "revision",
        f"""SELECT c.id, MAX(t.{column}), c.revision FROM conversation c JOIN {table} t ON t.conversation_id = c.id
        WHERE t.{column} > c.revision GROUP BY c.id, c.revision ORDER BY c.id""",  # noqa: S608 names of this module
        f"Conversation {{0}} has the revision {{2}}, and a row of {table} has {column} {{1}}.",
        "Stop the server and run: UPDATE conversation SET revision = {1}, state_revision = {1} WHERE id = {0}",
    )


def _beyond_user(table: str) -> Question:
    """The same of what is numbered for a user alone."""
    return Question(
        "revision",
        f"""SELECT u.id, MAX(t.user_revision), u.revision FROM "user" u JOIN {table} t ON t.user_id = u.id
        WHERE t.user_revision > u.revision GROUP BY u.id, u.revision ORDER BY u.id""",  # noqa: S608 names of this module
        f"User {{0}} has the revision {{2}}, and a row of {table} has {{1}}.",
        'Stop the server and run: UPDATE "user" SET revision = {1} WHERE id = {0}',
    )


def _watermark(column: str) -> Question:
    return Question(
        "watermark",
        f"""SELECT m.conversation_id, m.user_id, m.{column}, c.last_sequence FROM membership m JOIN conversation c
        ON c.id = m.conversation_id WHERE m.{column} > c.last_sequence
        ORDER BY m.conversation_id, m.user_id""",  # noqa: S608 names of this module
        f"User {{1}} has {column} {{2}} in conversation {{0}}, whose last message is {{3}}.",
        f"Stop the server and run: UPDATE membership SET {column} = {{3}} "  # noqa: S608 it is shown
        "WHERE conversation_id = {0} AND user_id = {1}",
    )


PUSHED = Question(
    "watermark",
    """SELECT p.conversation_id, p.sequence, c.last_sequence FROM push_position p JOIN conversation c
    ON c.id = p.conversation_id WHERE p.sequence > c.last_sequence ORDER BY p.conversation_id""",
    "Notifications were sent up to message {1} of conversation {0}, whose last message is {2}.",
    "Stop the server and run: UPDATE push_position SET sequence = {2} WHERE conversation_id = {0}",
)

QUESTIONS = (
    MESSAGES,
    RENAMED,
    ORDER,
    COUNTERS,
    _beyond("message", "revision"),
    _beyond("message", "changed_revision"),
    _beyond("membership", "revision"),
    _beyond("former_membership", "revision"),
    _beyond("reaction", "revision"),
    _beyond("poll_vote", "revision"),
    *(
        _beyond_user(table)
        for table in (
            "membership",
            "former_membership",
            "block",
            "conversation_preference",
            "draft",
            "user_settings",
            "saved_message",
            "scheduled_message",
        )
    ),
    _watermark("delivered_sequence"),
    _watermark("read_sequence"),
    _watermark("joined_sequence"),
    PUSHED,
)
