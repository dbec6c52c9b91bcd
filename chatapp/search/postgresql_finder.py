"""Finds messages in PostgreSQL's index, newest first, by one statement that goes through the user's memberships."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chatapp.search.named_files import NAMES_IN_POSTGRESQL
from chatapp.search.plan import SECONDS, FoundRow, Overrun, Plan
from chatapp.search.tokens import LINK, sender_token

FIND = f"""SELECT m.conversation_id, m.sequence, m.content, {NAMES_IN_POSTGRESQL}, m.created_at, c.direct_key,
CASE WHEN c.shares_history THEN 0 ELSE own.joined_sequence END
FROM {{source}} e
JOIN membership own ON own.conversation_id = e.conversation_id AND own.user_id = %(user_id)s
JOIN conversation c ON c.id = e.conversation_id
JOIN message m ON m.conversation_id = e.conversation_id AND m.sequence = e.sequence
WHERE (c.shares_history OR e.sequence > own.joined_sequence){{conditions}}
ORDER BY e.created_at DESC, e.conversation_id DESC, e.sequence DESC LIMIT %(count)s"""  # noqa: S608 constants only

OF_FILES = """(SELECT f.conversation_id, f.sequence, f.sender_id, s.created_at FROM message_file f
JOIN message s ON s.conversation_id = f.conversation_id AND s.sequence = f.sequence WHERE f.position = 1)"""
HAS_FILE = """EXISTS (SELECT 1 FROM message_file f
WHERE f.conversation_id = e.conversation_id AND f.sequence = e.sequence)"""
HAS_POLL = "EXISTS (SELECT 1 FROM poll p WHERE p.conversation_id = e.conversation_id AND p.sequence = e.sequence)"
IS_MENTIONED = """EXISTS (SELECT 1 FROM mention n WHERE n.conversation_id = e.conversation_id
AND n.sequence = e.sequence AND n.user_id IN (%(user_id)s, 0) AND n.sender_id <> %(user_id)s)"""


def find(connection: Connection, plan: Plan) -> list[FoundRow]:
    """Raises Overrun."""
    match = _match_of(plan)
    conditions = {
        " AND e.tokens @@ %(match)s::tsquery": match != "",
        f" AND {HAS_POLL}": plan.has_poll,
        f" AND {HAS_FILE}": plan.has_file and not plan.is_of_files,
        " AND e.sender_id = ANY(%(sender_ids)s)": plan.is_of_files and plan.sender_ids is not None,
        f" AND {IS_MENTIONED}": plan.is_mentioned,
        " AND e.conversation_id = ANY(%(conversation_ids)s)": plan.conversation_ids is not None,
        " AND e.created_at >= %(since)s": plan.since is not None,
        " AND e.created_at < %(until)s": plan.until is not None,
        " AND (e.created_at, e.conversation_id, e.sequence) < %(before)s": plan.before is not None,
    }
    values: dict[str, Any] = {
        "user_id": plan.user_id,
        "match": match,
        "sender_ids": list(plan.sender_ids or ()),
        "conversation_ids": sorted(plan.conversation_ids or ()),
        "since": plan.since,
        "until": plan.until,
        "before": plan.before,
        "count": plan.count,
    }
    source = OF_FILES if plan.is_of_files else "search_entry"
    sql = FIND.format(source=source, conditions="".join(text for text, is_wanted in conditions.items() if is_wanted))
    try:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(SECONDS * 1000)}")
        rows = connection.exec_driver_sql(sql, values).all()
    except DBAPIError as error:
        if type(error.orig).__name__ == "QueryCanceled":
            raise Overrun from error
        raise
    return [FoundRow(*row) for row in rows]


def _match_of(plan: Plan) -> str:
    """The plan as a `tsquery`; empty if only polls, files or mentions are asked for. Tokens hold neither quotes nor
    backslashes."""
    if plan.is_of_files:
        return ""
    parts = []
    for term in plan.terms:
        tokens = [f"'{token}'" for token in term.tokens]
        parts.append("(" + " <-> ".join(tokens) + (":*" if term.is_prefix else "") + ")")
    if plan.sender_ids is not None:
        parts.append("(" + " | ".join(f"'{sender_token(user_id)}'" for user_id in plan.sender_ids) + ")")
    if plan.has_link:
        parts.append(f"'{LINK}'")
    return " & ".join(parts)
