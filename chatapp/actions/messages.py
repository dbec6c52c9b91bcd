"""Say something, and read what was said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from chatapp.actions.accounts import Caller
from chatapp.actions.places import Place, find_place
from chatapp.errors import ForgedSender
from chatapp.extensions import db
from chatapp.journal import Journal, MessageDraft, StoredMessage
from chatapp.journal.drafts import Outcome
from chatapp.models import Conversation, Membership, Message, User
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import other_of
from chatapp.payloads import HistoryQuery


@dataclass(frozen=True, slots=True)
class Lowest:
    """The two lowest delivered watermarks of a conversation: enough to say of any message whether everybody has it."""

    holder: int | None
    first: int
    second: int

    def is_delivered(self, sender_id: int, sequence: int) -> bool:
        """Whether the lowest watermark of the members other than the sender has reached the message."""
        return (self.second if sender_id == self.holder else self.first) >= sequence


EVERYBODY_HAS_IT = Lowest(None, 2**63 - 1, 2**63 - 1)


def lowest_of(rows: Sequence[Any]) -> Lowest:
    """From (user id, delivered watermark) of the two members who have been delivered least."""
    if not rows:
        return EVERYBODY_HAS_IT
    second = rows[1][1] if len(rows) > 1 else EVERYBODY_HAS_IT.second
    return Lowest(rows[0][0], rows[0][1], second)


def send_message(journal: Journal, caller: Caller, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
    """Hands a message to the journal, which checks the membership and stores it. `done` gets what became of it.

    Raises ForgedSender at once if the draft names anybody but the caller.
    """
    require_sender(caller, draft.sender)
    journal.send(draft, done)


def require_sender(caller: Caller, sender: str) -> None:
    """Raises ForgedSender unless the named sender is the caller."""
    if sender != caller.username:
        raise ForgedSender("You can only send as yourself.", sender=sender)


def history(journal: Journal, caller: Caller, receiver: str, query: HistoryQuery) -> list[tuple[StoredMessage, bool]]:
    """One page, oldest first, each message with whether it is delivered to all. An unknown receiver is NotFound, a
    group of others NotAMember."""
    place = find_place(caller, receiver, is_group=query.group == "yes")
    if place.conversation_id is None:
        return []
    journal.settle()
    page = _page(place.conversation_id, query)
    lowest = lowest_watermarks([place.conversation_id])[place.conversation_id]
    return [(one, lowest.is_delivered(one.sender_id, one.sequence)) for one in _stored(page, place)]


def is_delivered(journal: Journal, stored: StoredMessage) -> bool:
    """Whether everybody but its sender has been delivered a message."""
    journal.settle()
    return lowest_watermarks([stored.conversation_id])[stored.conversation_id].is_delivered(
        stored.sender_id, stored.sequence
    )


def lowest_watermarks(conversation_ids: list[int]) -> dict[int, Lowest]:
    """For each conversation, from one short query on the members' watermarks."""
    found = {}
    for number in conversation_ids:
        query = (
            select(Membership.user_id, Membership.delivered_sequence)
            .where(Membership.conversation_id == number)
            .order_by(Membership.delivered_sequence)
            .limit(2)
        )
        found[number] = lowest_of(db.session.execute(query).all())
    return found


def messages_between(conversation_id: int, after: int, last: int, limit: int = 500) -> list[StoredMessage]:
    """The messages with `after` < sequence <= `last`, in order, `limit` at most."""
    conversation = db.session.get(Conversation, conversation_id)
    if conversation is None:
        return []
    query = _columns(conversation_id).where(Message.sequence > after, Message.sequence <= last)
    page = db.session.execute(query.order_by(Message.sequence).limit(limit)).all()
    return _stored(page, Place(conversation_id, conversation.direct_key))


def newest_messages(
    conversation_id: int, direct_key: str | None, last_sequence: int, count: int
) -> list[StoredMessage]:
    """The newest `count` messages, oldest first; sequences are dense, so where they begin is known."""
    query = _columns(conversation_id).where(Message.sequence > last_sequence - count).order_by(Message.sequence)
    return _stored(db.session.execute(query).all(), Place(conversation_id, direct_key))


def _columns(conversation_id: int) -> Any:
    return (
        select(
            Message.sequence, Message.sender_id, User.username, Message.content, Message.client_id, Message.created_at
        )
        .join(User, User.id == Message.sender_id)
        .where(Message.conversation_id == conversation_id)
    )


def _page(conversation_id: int, query: HistoryQuery) -> Sequence[Any]:
    """`after` pages forward from there; otherwise the newest before `before`, or the newest of all."""
    wanted = _columns(conversation_id)
    if query.before is not None:
        wanted = wanted.where(Message.sequence < query.before)
    if query.after is not None:
        forward = wanted.where(Message.sequence > query.after).order_by(Message.sequence).limit(query.limit)
        return db.session.execute(forward).all()
    return db.session.execute(wanted.order_by(Message.sequence.desc()).limit(query.limit)).all()[::-1]


def _stored(rows: Sequence[Any], place: Place) -> list[StoredMessage]:
    assert place.conversation_id is not None
    group = str(place.conversation_id)
    return [
        StoredMessage(
            place.conversation_id,
            sequence,
            sender_id,
            sender,
            other_of(place.direct_key, sender) if place.direct_key else group,
            place.direct_key is None,
            content,
            client_id,
            to_microseconds(created_at),
        )
        for sequence, sender_id, sender, content, client_id, created_at in rows
    ]
