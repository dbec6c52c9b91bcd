"""Finds messages in SQLite's index, newest first.

FTS5 returns matches by rowid, in which the conversation comes first. So the newest in one conversation are read in
their order, and the search stops as soon as it has enough. Over all conversations, a word with few matches is looked up
once; for a common one the user's conversations are read one by one, the most recently active first, until none of the
others can have anything newer. Either way only rowids that a membership of the user allows are read: memberships and
matches are read in one snapshot of the database.

Runs in a native thread, on a connection of its own: it uses no lock, no logger and no socket of greenlets.
"""

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chatapp.clock import monotonic
from chatapp.search.named_files import NAMES_IN_SQLITE
from chatapp.search.plan import SECONDS, FoundRow, Overrun, Place, Plan
from chatapp.search.tokens import LINK, sender_token

FEW_MATCHES = 500
"""Up to this number of matches in all conversations, they are read at once."""

STEPS_BETWEEN_CHECKS = 20_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""

VISIBLE = """SELECT c.id, CASE WHEN c.shares_history THEN c.erased_sequence
ELSE MAX(m.joined_sequence, c.erased_sequence) END, c.last_sequence,
COALESCE(c.last_message_at, 0)
FROM membership m JOIN conversation c ON c.id = m.conversation_id WHERE m.user_id = ? AND c.last_sequence > 0"""
CREATED_AT = "SELECT created_at FROM message WHERE conversation_id = ? AND sequence = ?"
ANYWHERE = "SELECT rowid FROM search_text WHERE search_text MATCH ? LIMIT ?"
IN_CONVERSATION = """SELECT rowid FROM search_text WHERE search_text MATCH ? AND rowid BETWEEN ? AND ?
ORDER BY rowid DESC LIMIT ?"""
# The rowid of a message in the index is its conversation and its sequence in one number.
OF_TEXT = ("search_text.rowid >> 32", "search_text.rowid & 4294967295")
CARRIED = (
    """ AND EXISTS (SELECT 1 FROM {table} p WHERE p.conversation_id = {conversation} AND p.sequence = {sequence})"""
)
CARRIERS_ANYWHERE = "SELECT (conversation_id << 32) + sequence FROM {table} WHERE ?1 = ''{conditions} LIMIT ?2"
CARRIERS_IN_CONVERSATION = """SELECT (conversation_id << 32) + sequence FROM {table} WHERE ?1 = ''
AND conversation_id = ?2 >> 32 AND sequence BETWEEN ?2 & 4294967295 AND ?3 & 4294967295{conditions}
ORDER BY sequence DESC LIMIT ?4"""
MENTIONED = """SELECT DISTINCT (conversation_id << 32) + sequence FROM mention
WHERE conversation_id = ? AND user_id IN (?, 0) AND sender_id <> ? AND sequence BETWEEN ? AND ?{conditions}
ORDER BY sequence DESC LIMIT ?"""
MATCHED = """ AND (conversation_id << 32) + sequence IN
(SELECT rowid FROM search_text WHERE search_text MATCH ? AND rowid BETWEEN ? AND ?)"""
FILES, POLLS = "message_file", "poll"
MESSAGE = f"""SELECT m.conversation_id, m.sequence, m.content, {NAMES_IN_SQLITE}, m.created_at, c.direct_key,
CASE WHEN c.shares_history THEN 0 ELSE own.joined_sequence END
FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN membership own ON own.conversation_id = c.id
WHERE own.user_id = ? AND m.conversation_id = ? AND m.sequence = ?"""  # noqa: S608 constants only


@dataclass(slots=True)
class Range:
    """The part of a conversation in which to look: `after` is exclusive, `last` inclusive."""

    conversation_id: int
    after: int
    last: int
    active_at: int


def find(connection: sqlite3.Connection, plan: Plan) -> list[FoundRow]:
    """Raises Overrun."""
    with _deadline(connection), _snapshot(connection):
        search = _Search(connection, plan)
        keys = [(plan.user_id, conversation_id, sequence) for _, conversation_id, sequence in search.places()]
        return [FoundRow(*row) for key in keys for row in connection.execute(MESSAGE, key)]


class _Search:
    def __init__(self, connection: sqlite3.Connection, plan: Plan) -> None:
        self._connection = connection
        self._plan = plan
        self._match = _match_of(plan)
        self._anywhere, self._in_conversation = _statements_for(plan, self._match)

    def places(self) -> list[Place]:
        ranges = self._ranges()
        if len(ranges) > 1 and not self._plan.is_mentioned:
            matches = self._connection.execute(self._anywhere, (self._match, FEW_MATCHES + 1))
            rowids = [row[0] for row in matches]
            if len(rowids) <= FEW_MATCHES:
                return self._newest_of(rowids, {found.conversation_id: found for found in ranges})
        return self._newest_in(sorted(ranges, key=lambda found: found.active_at, reverse=True))

    def _ranges(self) -> list[Range]:
        """The conversations of the user in which to look."""
        wanted = self._plan.conversation_ids
        rows = self._connection.execute(VISIBLE, (self._plan.user_id,)).fetchall()
        since = self._plan.since or 0
        return [Range(*row) for row in rows if (wanted is None or row[0] in wanted) and row[3] >= since]

    def _newest_of(self, rowids: list[int], ranges: dict[int, Range]) -> list[Place]:
        """The newest of these messages that are visible and in time."""
        places = []
        for rowid in rowids:
            conversation_id, sequence = rowid >> 32, rowid & 0xFFFFFFFF
            found = ranges.get(conversation_id)
            if found is None or not found.after < sequence <= found.last:
                continue
            created_at = self._created_at(conversation_id, sequence)
            place = (created_at, conversation_id, sequence)
            if created_at >= (self._plan.since or 0) and self._is_before_end(place):
                places.append(place)
        return heapq.nlargest(self._plan.count, places)

    def _newest_in(self, ranges: list[Range]) -> list[Place]:
        """The newest matches, conversation by conversation."""
        newest: list[Place] = []
        count = self._plan.count
        for found in ranges:
            if len(newest) == count and newest[0][0] > found.active_at:
                break
            self._narrow(found)
            first, last = (found.conversation_id << 32) + found.after + 1, (found.conversation_id << 32) + found.last
            if first > last:
                continue
            for rowid in self._rowids_in(first, last):
                sequence = rowid & 0xFFFFFFFF
                place = (self._created_at(found.conversation_id, sequence), found.conversation_id, sequence)
                if len(newest) < count:
                    heapq.heappush(newest, place)
                elif place > newest[0]:
                    heapq.heapreplace(newest, place)
                else:
                    break
        return sorted(newest, reverse=True)

    def _rowids_in(self, first: int, last: int) -> list[int]:
        """The newest matches in a part of a conversation, between two rowids."""
        plan, text = self._plan, (self._match, first, last)
        if not plan.is_mentioned:
            rows = self._connection.execute(self._in_conversation, (*text, plan.count))
        else:
            place = (first >> 32, plan.user_id, plan.user_id, first & 0xFFFFFFFF, last & 0xFFFFFFFF)
            conditions = _carried(plan, "mention.conversation_id", "mention.sequence") + _of_senders(plan)
            sql = MENTIONED.format(conditions=(MATCHED if self._match else "") + conditions)
            rows = self._connection.execute(sql, (*place, *(text if self._match else ()), plan.count))
        return [row[0] for row in rows.fetchall()]

    def _narrow(self, found: Range) -> None:
        """Narrows a range to what is in time. Messages are in the order of their creation."""
        plan = self._plan
        if plan.until is not None or plan.before is not None:
            found.last = self._last_where(found, self._is_before_end)
        if plan.since is not None:
            since = plan.since
            found.after = self._last_where(found, lambda place: place[0] < since)

    def _last_where(self, found: Range, is_in: Callable[[Place], bool]) -> int:
        """The last sequence of the range of which `is_in` holds, as it does of all before it."""
        low, high = found.after, found.last
        while low < high:
            middle = (low + high + 1) // 2
            place = (self._created_at(found.conversation_id, middle), found.conversation_id, middle)
            low, high = (middle, high) if is_in(place) else (low, middle - 1)
        return low

    def _is_before_end(self, place: Place) -> bool:
        plan = self._plan
        return (plan.until is None or place[0] < plan.until) and (plan.before is None or place < plan.before)

    def _created_at(self, conversation_id: int, sequence: int) -> int:
        row = self._connection.execute(CREATED_AT, (conversation_id, sequence)).fetchone()
        created_at: int = row[0] if row else 0
        return created_at


def _statements_for(plan: Plan, match: str) -> tuple[str, str]:
    """The statements that find rowids in all conversations and in one. Where only polls or files are asked for, they
    read those and not the index."""
    if not match and (tables := _carriers(plan)):
        table = tables[0]
        conditions = _carried(plan, f"{table}.conversation_id", f"{table}.sequence") + _of_senders(plan)
        conditions += " AND position = 1" if table == FILES else ""
        values = {"table": table, "conditions": conditions}
        return CARRIERS_ANYWHERE.format(**values), CARRIERS_IN_CONVERSATION.format(**values)
    carried = _carried(plan, *OF_TEXT)
    return ANYWHERE.replace(" LIMIT", carried + " LIMIT"), IN_CONVERSATION.replace("\nORDER BY", carried + "\nORDER BY")


def _carriers(plan: Plan) -> list[str]:
    """The tables in which a message has to be."""
    return [table for table, is_wanted in ((FILES, plan.has_file), (POLLS, plan.has_poll)) if is_wanted]


def _carried(plan: Plan, conversation: str, sequence: str) -> str:
    """The condition that a message is in these tables."""
    tables = _carriers(plan)
    return "".join(CARRIED.format(table=table, conversation=conversation, sequence=sequence) for table in tables)


def _of_senders(plan: Plan) -> str:
    """The condition that the index does not check, if only files are asked for."""
    if not plan.is_of_files or plan.sender_ids is None:
        return ""
    return f" AND sender_id IN ({', '.join(map(str, plan.sender_ids))})"


def _match_of(plan: Plan) -> str:
    """The plan in FTS5's language; empty if only polls, files or mentions are asked for. Tokens hold no quotes."""
    if plan.is_of_files:
        return ""
    parts = [f'"{" ".join(term.tokens)}"{" *" if term.is_prefix else ""}' for term in plan.terms]
    if plan.sender_ids is not None:
        parts.append("(" + " OR ".join(f'"{sender_token(user_id)}"' for user_id in plan.sender_ids) + ")")
    if plan.has_link:
        parts.append(f'"{LINK}"')
    return " AND ".join(parts)


@contextmanager
def _deadline(connection: sqlite3.Connection) -> Iterator[None]:
    end = monotonic() + SECONDS
    connection.set_progress_handler(lambda: monotonic() > end, STEPS_BETWEEN_CHECKS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if monotonic() > end:
            raise Overrun from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def _snapshot(connection: Any) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
