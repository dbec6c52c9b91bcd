"""Search: finds messages that the caller may see."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from time import sleep
from typing import Any

from sqlalchemy import bindparam, select

from chatapp.actions.lookup import find_user
from chatapp.actions.message_states import Reader
from chatapp.actions.messages import FORWARD, LowestWatermarks, lowest_watermarks, to_messages
from chatapp.actions.sessions import Caller
from chatapp.errors import InvalidInput, NotFound, TooBroad
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.extensions import db
from chatapp.journal import StoredMessage
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import other_of
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, USERS
from chatapp.prepared_statements import release_connection, rows, tuples
from chatapp.search import postgresql_finder, sqlite_finder
from chatapp.search.analyser import folded
from chatapp.search.indexer import Indexer
from chatapp.search.matcher import Match, Ranges, match
from chatapp.search.named_files import names_in
from chatapp.search.plan import FoundRow, Overrun, Place, Plan
from chatapp.search.query import Query, parse_query
from chatapp.search_payloads import SearchRequest

RANKED = 200
"""By relevance, the newest so many matches are ranked."""

CATCH_UP_SECONDS = 1.0
"""How long a search waits until what was written before it is indexed."""

LONG_CHARACTERS = 4_000
"""A longer text is matched in a thread."""

COMPUTED_AT_ONCE = 5
"""Messages that are matched or read before others get their turn: half a millisecond."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Searches of this process that run at once. The others wait: threads that compute delay the event loop."""

PLACES = (
    select(CONVERSATIONS.c.id, CONVERSATIONS.c.direct_key, CONVERSATIONS.c.name)
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .where(MEMBERSHIPS.c.user_id == bindparam("user_id"))
)
FULL_NAMES = select(USERS.c.username, USERS.c.first_name, USERS.c.last_name)


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, where its conversation is for the caller, and the ranges to highlight in its text and
    in the name of each of its files."""

    message: StoredMessage
    lowest: LowestWatermarks
    receiver: str
    is_group: bool
    ranges: Ranges
    name_ranges: list[Ranges]


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits. `cursor` leads to the next one, if there is one."""

    hits: list[Hit]
    cursor: str | None


def search(indexer: Indexer, caller: Caller, request: SearchRequest) -> Hits:
    """Raises InvalidInput for a search that cannot be understood, NotFound for a person or conversation in it that the
    caller does not know, and TooBroad for one that takes too long."""
    query = parse_query(request.q)
    _require_cursor_of_order(request)
    plan = _plan_of(caller, query, request)
    release_connection()
    indexer.catch_up(CATCH_UP_SECONDS)
    found = _find(plan)
    matched = list(_matches_of(found, plan))
    if request.order == "newest":
        page, cursor = matched[: request.limit], None
        if len(found) == plan.count:
            last = page[-1][0] if len(matched) > request.limit else found[-1]
            cursor = f"{last.created_at}-{last.conversation_id}-{last.sequence}"
    else:
        start = int(request.cursor or 0)
        # A stable sort: of two that fit equally well, the newer one comes first.
        matched.sort(key=lambda pair: pair[1].score, reverse=True)
        page = matched[start : start + request.limit]
        cursor = str(start + request.limit) if len(matched) > start + request.limit else None
    return Hits(_hits_of(caller, page), cursor)


def _require_cursor_of_order(request: SearchRequest) -> None:
    """A place among the newest has three numbers, and one among the most relevant is a count."""
    if request.cursor is not None and ("-" in request.cursor) != (request.order == "newest"):
        raise InvalidInput("Invalid search: the cursor is of another order.", fields={"cursor": "is of another order"})


def _plan_of(caller: Caller, query: Query, request: SearchRequest) -> Plan:
    is_newest = request.order == "newest"
    zone = timezone(timedelta(minutes=request.utc_offset))
    return Plan(
        caller.user_id,
        tuple(query.terms),
        tuple(_user_id_of(caller, name) for name in query.senders) or None,
        _conversation_ids_of(caller, query.places),
        query.has_link,
        query.has_poll,
        query.has_file,
        query.is_mentioned,
        None if query.after is None else _beginning_of(query.after, zone),
        None if query.before is None else _beginning_of(query.before, zone),
        _place_of(request.cursor) if is_newest and request.cursor else None,
        request.limit + 1 if is_newest else RANKED,
    )


def _beginning_of(day: date, zone: timezone) -> int:
    try:
        return to_microseconds(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))
    except OverflowError:
        raise InvalidInput("Invalid search: there is no such day.", fields={"q": "there is no such day"}) from None


def _place_of(cursor: str) -> Place:
    created_at, _, rest = cursor.partition("-")
    conversation_id, _, sequence = rest.partition("-")
    return int(created_at), int(conversation_id or 0), int(sequence or 0)


def _user_id_of(caller: Caller, name: str) -> int:
    user_id = find_user(caller, name)
    if user_id is not None:
        return user_id
    if name == "me":
        return caller.user_id
    raise NotFound(f"There is no user {name}.", username=name)


def _conversation_ids_of(caller: Caller, names: list[str]) -> frozenset[int] | None:
    """The caller's conversations of these names: of a group, or of a person by username or full name."""
    if not names:
        return None
    own = rows(PLACES, user_id=caller.user_id)
    full_names = {row.username: f"{row.first_name} {row.last_name}".strip() for row in rows(FULL_NAMES)}
    named: dict[str, set[int]] = {}
    for row in own:
        other = other_of(row.direct_key, caller.username) if row.direct_key else ""
        for name in {row.name or "", other, full_names.get(other, "")}:
            named.setdefault(folded(name), set()).add(row.id)
    found: set[int] = set()
    for name in names:
        if not (ids := named.get(folded(name.removeprefix("@")))):
            raise NotFound(f"You have no conversation called {name}.", receiver=name)
        found |= ids
    return frozenset(found)


def _find(plan: Plan) -> list[FoundRow]:
    try:
        with AT_ONCE:
            if db.engine.dialect.name != "sqlite":
                return postgresql_finder.find(db.session.connection(), plan)
            borrowed = db.engine.raw_connection()
            try:
                connection: Any = borrowed.driver_connection
                return run_in_thread(sqlite_finder.find, connection, plan)
            finally:
                borrowed.close()
    except Overrun:
        db.session.remove()
        raise TooBroad("This search takes too long. Add a word, or from:, in:, after: or before:.") from None


def _matches_of(found: list[FoundRow], plan: Plan) -> Iterator[tuple[FoundRow, Match]]:
    for number, row in enumerate(found):
        _let_others_run(number)
        matched = _match(row.content, names_in(row.names), plan)
        if matched is not None:
            yield row, matched


def _let_others_run(number: int) -> None:
    """Between two short computations, so that a search does not hold up the event loop."""
    if number % COMPUTED_AT_ONCE == COMPUTED_AT_ONCE - 1:
        sleep(0)


def _is_deleted(message: StoredMessage) -> bool:
    return message.state is not None and message.state.deleted_at is not None


def _match(content: str, file_names: list[str], plan: Plan) -> Match | None:
    if len(content) > LONG_CHARACTERS:
        return run_in_thread(match, content, file_names, plan.terms)
    return match(content, file_names, plan.terms)


def _hits_of(caller: Caller, page: Iterable[tuple[FoundRow, Match]]) -> list[Hit]:
    hits = []
    lowest: dict[int, LowestWatermarks] = {}
    for number, (row, matched) in enumerate(page):
        _let_others_run(number)
        if row.conversation_id not in lowest:
            lowest[row.conversation_id] = lowest_watermarks(row.conversation_id)
        key = row.direct_key
        receiver = other_of(key, caller.username) if key else str(row.conversation_id)
        reader = Reader(caller.user_id, row.hidden_up_to)
        at, last = row.sequence - 1, row.sequence + 1
        stored = tuples(FORWARD, conversation_id=row.conversation_id, after=at, before=last, limit=1)
        found = to_messages(stored, row.conversation_id, key, reader)
        # It may have been edited or deleted since it was found.
        if found and found[0].content == row.content and not _is_deleted(found[0]):
            lowest_here = lowest[row.conversation_id]
            hits.append(Hit(found[0], lowest_here, receiver, key is None, matched.ranges, matched.name_ranges))
    return hits
