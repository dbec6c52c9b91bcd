"""Messages: send, read pages of history, and tell which are delivered to all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, select, type_coerce

from chatapp.actions.message_lock import FoundMessage
from chatapp.actions.message_states import Reader, all_members, states_of_rows
from chatapp.actions.sessions import Caller
from chatapp.actions.thread_access import find_readable
from chatapp.actions.thread_follows import send_following
from chatapp.actions.usernames import is_name_of, usernames_of
from chatapp.errors import ForgedSender
from chatapp.journal import Journal, MessageDraft, StoredMessage
from chatapp.journal.drafts import Outcome
from chatapp.journal.message_state import MessageState
from chatapp.models.conversation import other_of
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.payload_fields import LARGEST_SEQUENCE
from chatapp.payloads import HistoryQuery
from chatapp.prepared_statements import row_or_none, tuples

LOWEST = (
    select(MEMBERSHIPS.c.user_id, MEMBERSHIPS.c.delivered_sequence)
    .where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))
    .order_by(MEMBERSHIPS.c.delivered_sequence)
    .limit(2)
)
READABLE = select(CONVERSATIONS.c.direct_key, CONVERSATIONS.c.shares_history).where(
    CONVERSATIONS.c.id == bindparam("conversation_id")
)
COLUMNS = (
    MESSAGES.c.sequence,
    MESSAGES.c.sender_id,
    MESSAGES.c.content,
    MESSAGES.c.client_id,
    type_coerce(MESSAGES.c.created_at, BigInteger),
    MESSAGES.c.revision,
    MESSAGES.c.changed_revision,
    func.coalesce(MESSAGES.c.reply_to, MESSAGES.c.forwarded_from_id, case((MESSAGES.c.mentions.is_not(None), 1))),
)
"""The columns of a page's rows. The last two say which messages have a state."""
_BETWEEN = (
    select(*COLUMNS)
    .where(
        MESSAGES.c.conversation_id == bindparam("conversation_id"),
        MESSAGES.c.sequence > bindparam("after"),
        MESSAGES.c.sequence < bindparam("before"),
    )
    .limit(bindparam("limit"))
)
FORWARD = _BETWEEN.order_by(MESSAGES.c.sequence)
BACKWARD = _BETWEEN.order_by(MESSAGES.c.sequence.desc())


@dataclass(frozen=True, slots=True)
class LowestWatermarks:
    """The two lowest delivered watermarks of a conversation. They decide whether a message is delivered to all.

    `first` is the lowest, `holder` the id of the member who has it (None: several members), `second` the next one.
    """

    holder: int | None
    first: int
    second: int

    def is_delivered(self, sender_id: int, sequence: int) -> bool:
        """Whether the lowest watermark of the members other than the sender has reached the message."""
        return (self.second if sender_id == self.holder else self.first) >= sequence


ALL_DELIVERED = LowestWatermarks(None, 2**63 - 1, 2**63 - 1)


def lowest_of(rows: Sequence[Any]) -> LowestWatermarks:
    """From pairs of user id and delivered watermark, in ascending order of the watermark."""
    if not rows:
        return ALL_DELIVERED
    second = rows[1][1] if len(rows) > 1 else ALL_DELIVERED.second
    return LowestWatermarks(rows[0][0], rows[0][1], second)


def send_message(journal: Journal, caller: Caller, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
    """Queues a message in the journal, which checks the membership and stores it. `done` is called with the outcome.
    Writing in a thread starts following it.

    Raises ForgedSender if the sender of the draft is not the caller.
    """
    require_sender(caller, draft.sender)
    if draft.sender != caller.username:
        draft = replace(draft, sender=caller.username)
    send_following(journal, caller, draft, done)


def require_sender(caller: Caller, sender: str) -> None:
    """Raises ForgedSender unless the named sender is the caller, by their username or a former one."""
    if not is_name_of(caller, sender):
        raise ForgedSender("You can only send as yourself.", sender=sender)


@dataclass(slots=True)
class Page:
    """Messages of one conversation, oldest first, as database rows: sequence, sender id, content, client id, creation
    time (microseconds since 1970 UTC), revision, changed revision, and None for what neither answers nor forwards nor
    mentions.
    `direct_key` is None for a group. `names` has the senders' usernames by id, `states` what the messages have beyond
    their text, by sequence."""

    conversation_id: int
    direct_key: str | None
    lowest: LowestWatermarks
    rows: Sequence[tuple[int, int, str, str | None, int, int, int | None, int | None]]
    names: Mapping[int, str]
    states: Mapping[int, MessageState]


def history(journal: Journal, caller: Caller, receiver: str, query: HistoryQuery) -> Page | None:
    """One page of history; None for two users who have no messages yet. Raises NotFound for an unknown receiver,
    NotAMember for a group that the caller is not in. Of a thread everybody reads who sees its root message."""
    conversation = find_readable(caller, receiver, is_group=query.is_group)
    conversation_id = conversation.conversation_id
    if conversation_id is None:
        return None
    journal.flush_watermarks_for_read()
    rows = _page(conversation_id, query, conversation.hidden_up_to)
    reader = Reader(caller.user_id, conversation.hidden_up_to)
    return page_of(conversation_id, conversation.direct_key, rows, reader)


def is_delivered(journal: Journal, stored: StoredMessage) -> bool:
    """Whether a message was delivered to all members other than its sender."""
    journal.flush_watermarks_for_read()
    return lowest_watermarks(stored.conversation_id).is_delivered(stored.sender_id, stored.sequence)


def lowest_watermarks(conversation_id: int) -> LowestWatermarks:
    """The two lowest delivered watermarks of a conversation, by one short query."""
    return lowest_of(tuples(LOWEST, conversation_id=conversation_id))


def messages_between(conversation_id: int, after: int, last: int, limit: int = 500) -> list[StoredMessage]:
    """The messages with `after` < sequence <= `last`, in order, `limit` at most."""
    conversation = row_or_none(READABLE, conversation_id=conversation_id)
    if conversation is None:
        return []
    page = tuples(FORWARD, conversation_id=conversation_id, after=after, before=last + 1, limit=limit)
    reader = all_members(shares_history=conversation.shares_history)
    return to_messages(page, conversation_id, conversation.direct_key, reader)


def message_of(caller: Caller, found: FoundMessage) -> StoredMessage:
    """A message as the caller sees it."""
    message = found.message
    conversation_id, sequence = message.conversation_id, message.sequence
    rows = tuples(FORWARD, conversation_id=conversation_id, after=sequence - 1, before=sequence + 1, limit=1)
    return to_messages(rows, conversation_id, found.direct_key, Reader(caller.user_id, found.hidden_up_to))[0]


def newest_of_group(conversation_id: int, last_sequence: int, count: int, reader: Reader) -> Page:
    """The newest messages of a group that the reader may see, at most `count`."""
    after = max(last_sequence - count, reader.hidden_up_to)
    rows = tuples(FORWARD, conversation_id=conversation_id, after=after, before=last_sequence + 1, limit=count)
    return page_of(conversation_id, None, rows, reader)


def page_of(conversation_id: int, key: str | None, rows: Sequence[Any], reader: Reader) -> Page:
    """A page of these rows, as a reader sees it."""
    states = states_of_rows(conversation_id, rows, reader)
    return Page(conversation_id, key, lowest_watermarks(conversation_id), rows, _senders(rows), states)


def _page(conversation_id: int, query: HistoryQuery, hidden_up_to: int) -> Sequence[Any]:
    """With `after` the oldest messages after it; otherwise the newest before `before`, or the newest of all."""
    before = LARGEST_SEQUENCE if query.before is None else query.before
    if query.after is not None:
        after = max(query.after, hidden_up_to)
        return tuples(FORWARD, conversation_id=conversation_id, after=after, before=before, limit=query.limit)
    return tuples(BACKWARD, conversation_id=conversation_id, after=hidden_up_to, before=before, limit=query.limit)[::-1]


def to_messages(rows: Sequence[Any], conversation_id: int, key: str | None, reader: Reader) -> list[StoredMessage]:
    """Rows of a page as stored messages. `key` is the direct key; None for a group."""
    group, names, states = str(conversation_id), _senders(rows), states_of_rows(conversation_id, rows, reader)
    return [
        StoredMessage(
            conversation_id,
            sequence,
            sender_id,
            sender := names[sender_id],
            other_of(key, sender) if key else group,
            key is None,
            content,
            client_id,
            created_at,
            revision,
            state=states.get(sequence),
        )
        for sequence, sender_id, content, client_id, created_at, revision, _, _ in rows
    ]


def _senders(rows: Sequence[Any]) -> Mapping[int, str]:
    return usernames_of({row[1] for row in rows})
