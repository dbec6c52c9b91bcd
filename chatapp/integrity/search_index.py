"""Conversations that are not indexed up to their present state, and entries of messages that are not there."""

import time
from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, text

from chatapp.integrity.finding import MOST_SHOWN, REBUILD, Finding, Question

PATIENCE_SECONDS = 3.0
"""How long a running server has to index what was stored just now."""
LOOK_SECONDS = 0.25

BEHIND = """SELECT c.id, c.revision, COALESCE(p.revision, 0) FROM conversation c
LEFT JOIN search_position p ON p.conversation_id = c.id WHERE c.revision > COALESCE(p.revision, 0) ORDER BY c.id"""
POSITIONS = text("SELECT conversation_id, revision FROM search_position WHERE conversation_id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)

IS_COMPLETE = """EXISTS (SELECT 1 FROM search_position p JOIN conversation c ON c.id = p.conversation_id
WHERE p.conversation_id = m.conversation_id AND p.revision = c.revision)"""

BEYOND = Question(
    "search",
    """SELECT p.conversation_id, p.revision, c.revision FROM search_position p
    JOIN conversation c ON c.id = p.conversation_id WHERE p.revision > c.revision ORDER BY p.conversation_id""",
    "Conversation {0} is indexed up to the revision {1}, and has reached {2}.",
    REBUILD,
)
IN_SQLITE = (
    Question(
        "search",
        f"""SELECT m.conversation_id, COUNT(*) FROM message m LEFT JOIN search_text_docsize d
        ON d.id = (m.conversation_id << 32) + m.sequence WHERE m.content <> '' AND d.id IS NULL AND {IS_COMPLETE}
        GROUP BY m.conversation_id ORDER BY m.conversation_id""",  # noqa: S608 a constant
        "{1} messages of conversation {0} are not in the index of the search.",
        REBUILD,
    ),
    Question(
        "search",
        """SELECT d.id >> 32, COUNT(*) FROM search_text_docsize d LEFT JOIN message m
        ON m.conversation_id = d.id >> 32 AND m.sequence = d.id & 4294967295
        LEFT JOIN search_replaced r ON r.id = d.id WHERE m.sequence IS NULL AND r.id IS NULL
        GROUP BY d.id >> 32 ORDER BY d.id >> 32""",
        "The index of the search has {1} messages of conversation {0} that do not exist.",
        REBUILD,
    ),
)
IN_POSTGRESQL = (
    Question(
        "search",
        f"""SELECT m.conversation_id, COUNT(*) FROM message m LEFT JOIN search_entry e
        ON e.conversation_id = m.conversation_id AND e.sequence = m.sequence
        WHERE m.content <> '' AND e.sequence IS NULL AND {IS_COMPLETE}
        GROUP BY m.conversation_id ORDER BY m.conversation_id""",  # noqa: S608 a constant
        "{1} messages of conversation {0} are not in the index of the search.",
        REBUILD,
    ),
    Question(
        "search",
        """SELECT e.conversation_id, COUNT(*) FROM search_entry e JOIN conversation c ON c.id = e.conversation_id
        LEFT JOIN message m ON m.conversation_id = e.conversation_id AND m.sequence = e.sequence
        WHERE m.sequence IS NULL AND c.kind <> 'deleted' GROUP BY e.conversation_id ORDER BY e.conversation_id""",
        "The index of the search has {1} messages of conversation {0} that do not exist.",
        REBUILD,
    ),
)


def behind(connection: Connection, present: Connection) -> Iterator[Finding]:
    """Conversations that the index does not reach, and that a running server does not index meanwhile."""
    rows = {row[0]: (row[1], row[2]) for row in connection.execute(text(f"{BEHIND} LIMIT {MOST_SHOWN}"))}
    waited = 0.0
    while rows and waited < PATIENCE_SECONDS:
        for conversation_id, revision in present.execute(POSITIONS, {"ids": sorted(rows)}).all():
            if revision >= rows[conversation_id][0]:
                del rows[conversation_id]
        time.sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
    for conversation_id, (revision, position) in sorted(rows.items()):
        what = f"Conversation {conversation_id} is indexed up to the revision {position}, and has reached {revision}."
        yield Finding("search", what, f"A server that starts goes on with it; {REBUILD}")
