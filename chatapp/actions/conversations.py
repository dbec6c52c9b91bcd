"""The caller's conversations, as a list shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, type_coerce

from chatapp.actions.accounts import Caller
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.messages import Lowest, lowest_of, lowest_watermark
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Journal, StoredMessage
from chatapp.models.conversation import other_of
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import tuples

LISTED_MEMBERS = 50
"""Larger conversations are listed without their members."""

FEW_MEMBERS = 20
"""So many are looked up one by one; for more it costs less to read all members of a group."""

_ACTIVITY = func.coalesce(
    type_coerce(CONVERSATIONS.c.last_message_at, BigInteger), type_coerce(CONVERSATIONS.c.created_at, BigInteger)
)
OVERVIEWS = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        CONVERSATIONS.c.name,
        type_coerce(CONVERSATIONS.c.created_at, BigInteger).label("created_at"),
        CONVERSATIONS.c.shares_history,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.user_revision,
        MESSAGES.c.sender_id,
        MESSAGES.c.content,
        MESSAGES.c.client_id,
        type_coerce(MESSAGES.c.created_at, BigInteger).label("sent_at"),
        MESSAGES.c.revision.label("message_revision"),
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .outerjoin(
        MESSAGES,
        (MESSAGES.c.conversation_id == CONVERSATIONS.c.id) & (MESSAGES.c.sequence == CONVERSATIONS.c.last_sequence),
    )
)
OF_USER = OVERVIEWS.where(MEMBERSHIPS.c.user_id == bindparam("user_id")).order_by(
    _ACTIVITY.desc(), CONVERSATIONS.c.id.desc()
)
OF_CONVERSATION = OVERVIEWS.where(CONVERSATIONS.c.id == bindparam("number"))
OF_MEMBER = OF_CONVERSATION.where(MEMBERSHIPS.c.user_id == bindparam("user_id"))

_OTHERS = MEMBERSHIPS.alias()
_COUNTED = MEMBERSHIPS.alias()
_PROGRESS = (
    select(
        _OTHERS.c.conversation_id,
        _OTHERS.c.user_id,
        _OTHERS.c.delivered_sequence,
        _OTHERS.c.read_sequence,
        _OTHERS.c.role,
    )
    .select_from(MEMBERSHIPS)
    .join(_OTHERS, _OTHERS.c.conversation_id == MEMBERSHIPS.c.conversation_id)
    .where(
        MEMBERSHIPS.c.user_id == bindparam("user_id"),
        select(func.count())
        .select_from(_COUNTED)
        .where(_COUNTED.c.conversation_id == MEMBERSHIPS.c.conversation_id)
        .scalar_subquery()
        <= LISTED_MEMBERS,
    )
)
PROGRESS_OF_USER = _PROGRESS
PROGRESS_OF_CONVERSATION = _PROGRESS.where(MEMBERSHIPS.c.conversation_id == bindparam("number"))


@dataclass(slots=True)
class Progress:
    """A member's role and watermarks."""

    username: str
    delivered: int
    read: int
    role: str


@dataclass(slots=True)
class Overview:
    """A conversation as one of its members sees it. `members` is empty for one with more than LISTED_MEMBERS."""

    conversation_id: int
    receiver: str
    is_group: bool
    name: str
    created_at: int
    shares_history: bool
    role: str
    last_message: StoredMessage | None
    lowest: Lowest
    last_sequence: int
    revision: int
    user_revision: int
    read_sequence: int
    unread: int
    hidden_up_to: int
    members: list[Progress]

    @property
    def watermarks(self) -> int:
        """The sum by which a client and the server see whether they know the same watermarks."""
        return sum(one.delivered + one.read for one in self.members) if self.members else self.read_sequence


Found = dict[int, tuple[Lowest, list[Progress]]]


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the one with the newest message (or creation) first."""
    journal.settle_for_reading()
    progress = _progress(tuples(PROGRESS_OF_USER, user_id=caller.user_id))
    return [_overview(row, caller.username, progress) for row in tuples(OF_USER, user_id=caller.user_id)]


def overviews_of_members(conversation_id: int, user_ids: Iterable[int]) -> Mapping[int, tuple[str, Overview]]:
    """One conversation as each of these users sees it, with the user's name, by their ids; without those who are in it
    no more."""
    wanted = set(user_ids)
    if len(wanted) <= FEW_MEMBERS:
        rows = [row for one in wanted for row in tuples(OF_MEMBER, number=conversation_id, user_id=one)]
    else:
        rows = [row for row in tuples(OF_CONVERSATION, number=conversation_id) if row[_USER_ID] in wanted]
    if not rows:
        return {}
    progress = _progress(tuples(PROGRESS_OF_CONVERSATION, user_id=rows[0][_USER_ID], number=conversation_id))
    names = usernames_of({row[_USER_ID] for row in rows})
    return {row[_USER_ID]: (names[row[_USER_ID]], _overview(row, names[row[_USER_ID]], progress)) for row in rows}


_USER_ID = list(OVERVIEWS.selected_columns.keys()).index("user_id")


def _progress(rows: Sequence[Any]) -> Found:
    """The members of the conversations that are small enough to list them, and the lowest watermarks there."""
    names = usernames_of({row[1] for row in rows})
    members: dict[int, list[tuple[str, int, int, int, str]]] = {}
    for number, user_id, delivered, read, role in rows:
        members.setdefault(number, []).append((names[user_id], delivered, read, user_id, role))
    found: Found = {}
    for number, those in members.items():
        those.sort()
        lowest = sorted([(one[3], one[1]) for one in those], key=itemgetter(1))
        found[number] = (lowest_of(lowest), [Progress(one[0], one[1], one[2], one[4]) for one in those])
    return found


def _overview(row: Any, username: str, progress: Found) -> Overview:
    number, key, name, created_at, shares_history, last_sequence, revision, _, role, joined, read, user_revision = row[
        :12
    ]
    hidden = hidden_up_to(shares_history=bool(shares_history), joined_sequence=joined)
    lowest, members = progress.get(number) or (lowest_watermark(number), [])
    receiver = other_of(key, username) if key else str(number)
    return Overview(
        conversation_id=number,
        receiver=receiver,
        is_group=key is None,
        name=name or receiver,
        created_at=created_at,
        shares_history=bool(shares_history),
        role=role,
        last_message=_last_message(number, key, last_sequence, row[12:]) if last_sequence > hidden else None,
        lowest=lowest,
        last_sequence=last_sequence,
        revision=revision,
        user_revision=user_revision,
        read_sequence=read,
        unread=max(0, last_sequence - max(read, hidden)),
        hidden_up_to=hidden,
        members=members,
    )


def _last_message(number: int, key: str | None, sequence: int, columns: Any) -> StoredMessage | None:
    sender_id, content, client_id, sent_at, revision = columns
    if sender_id is None:
        return None
    sender = usernames_of({sender_id})[sender_id]
    receiver = other_of(key, sender) if key else str(number)
    return StoredMessage(
        number, sequence, sender_id, sender, receiver, key is None, content, client_id, sent_at, revision
    )
