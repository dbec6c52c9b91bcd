"""Indexes conversations by their change log: in small transactions, from the revision that is indexed already."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select

from chatapp.actions.change_log import Change, Position, changes_between
from chatapp.actions.message_updates import MessageUpdate
from chatapp.actions.messages import messages_between
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.journal.search_index import SearchIndex
from chatapp.models.conversation import DELETED
from chatapp.models.tables import CONVERSATIONS, SEARCH_POSITIONS
from chatapp.prepared_statements import release_connection, row_or_none, tuples

MESSAGES_AT_ONCE = 20
CHARACTERS_AT_ONCE = 16_000
"""What one transaction indexes: a millisecond of work, three for long texts of many words, for which the acks of other
messages may wait."""

PAGE_SIZE = 100
"""Messages read from the change log at once."""

SWEPT_AT_ONCE = 500

_POSITION = func.coalesce(SEARCH_POSITIONS.c.revision, 0)
BEHIND = (
    select(CONVERSATIONS.c.id)
    .outerjoin(SEARCH_POSITIONS, SEARCH_POSITIONS.c.conversation_id == CONVERSATIONS.c.id)
    .where(CONVERSATIONS.c.id > bindparam("after"), CONVERSATIONS.c.revision > _POSITION)
    .order_by(CONVERSATIONS.c.id)
    .limit(SWEPT_AT_ONCE)
)
STATE = (
    select(CONVERSATIONS.c.kind, CONVERSATIONS.c.revision, _POSITION.label("position"))
    .outerjoin(SEARCH_POSITIONS, SEARCH_POSITIONS.c.conversation_id == CONVERSATIONS.c.id)
    .where(CONVERSATIONS.c.id == bindparam("conversation_id"))
)


def conversations_behind(after: int) -> list[int]:
    """The ids above `after` of conversations that are not indexed up to their revision, in order, SWEPT_AT_ONCE at
    most."""
    found = [row[0] for row in tuples(BEHIND, after=after)]
    release_connection()
    return found


def position_of(conversation_id: int) -> int:
    """The revision up to which a conversation is indexed."""
    state = row_or_none(STATE, conversation_id=conversation_id)
    release_connection()
    return 0 if state is None else int(state.position)


def advance(journal: Journal, conversation_id: int) -> bool:
    """Indexes the next changes of a conversation. Returns whether there may be more."""
    state = row_or_none(STATE, conversation_id=conversation_id)
    release_connection()
    if state is None or state.position >= state.revision:
        return False
    if state.kind == DELETED:
        return _remove(journal, conversation_id, state.position, state.revision)
    at = Position(state.position, None)
    changes, reached = changes_between(conversation_id, at, state.revision, PAGE_SIZE)
    release_connection()
    *earlier, last = _parts(_messages_of(changes))
    for part in earlier:
        if not _put(journal, conversation_id, state.position, part, state.position):
            return True
    _put(journal, conversation_id, state.position, last, reached.revision)
    return bool(reached.revision < state.revision)


def index_next(transaction: Transaction, taken: dict[int, list[StoredMessage]]) -> list[int]:
    """Indexes new messages that follow the positions of their conversations. Returns the conversations of the others,
    where a change before them is not indexed yet."""
    index = SearchIndex(transaction)
    positions = index.positions(taken)
    following: list[StoredMessage] = []
    missing = []
    moved = {}
    for conversation_id, messages in taken.items():
        revision = positions[conversation_id]
        for message in messages:
            if message.revision > revision + 1:
                missing.append(conversation_id)
                break
            if message.revision == revision + 1:
                following.append(message)
                revision += 1
        if revision > positions[conversation_id]:
            moved[conversation_id] = revision
    index.put(following)
    index.move(moved)
    return missing


def _put(journal: Journal, conversation_id: int, expected: int, messages: list[StoredMessage], revision: int) -> bool:
    """Indexes messages and moves the position, unless another process has moved it. Returns whether it did."""

    def write(transaction: Transaction) -> bool:
        index = SearchIndex(transaction)
        if index.positions([conversation_id])[conversation_id] != expected:
            return False
        index.put(messages)
        index.move({conversation_id: revision})
        return True

    moved: bool = journal.write(write, durable=False)
    return moved


def _remove(journal: Journal, conversation_id: int, expected: int, revision: int) -> bool:
    """Removes messages of a deleted group. Returns whether there may be more."""

    def write(transaction: Transaction) -> bool:
        index = SearchIndex(transaction)
        if index.positions([conversation_id])[conversation_id] != expected or index.remove_some(conversation_id):
            return True
        index.move({conversation_id: revision})
        return False

    return journal.write(write, durable=False)


def _messages_of(changes: Iterable[Change]) -> Iterable[StoredMessage]:
    """New messages, and those whose text changed, as they are now: each once."""
    found: dict[int, StoredMessage] = {}
    for change in changes:
        if isinstance(change, StoredMessage):
            found[change.sequence] = change
        elif isinstance(change, MessageUpdate) and change.content is not None and change.sequence not in found:
            for message in messages_between(change.conversation_id, change.sequence - 1, change.sequence):
                found[message.sequence] = message
    release_connection()
    return found.values()


def _parts(messages: Iterable[StoredMessage]) -> list[list[StoredMessage]]:
    """Cuts messages into parts for one transaction each: at least one, which may be empty."""
    parts: list[list[StoredMessage]] = [[]]
    characters = 0
    for message in messages:
        if len(parts[-1]) >= MESSAGES_AT_ONCE or characters >= CHARACTERS_AT_ONCE:
            parts.append([])
            characters = 0
        parts[-1].append(message)
        characters += indexed_characters(message)
    return parts


def indexed_characters(message: StoredMessage) -> int:
    """How much of a message there is to index."""
    return len(message.content) + sum(map(len, message.file_names))
