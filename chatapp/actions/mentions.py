"""Mentions: read those of a message, list the unread ones of a user, and replace them when a message is edited."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select

from chatapp.actions.people import online_user_ids
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Transaction
from chatapp.journal.message_mentions import places_of, users_of
from chatapp.journal.message_state import MentionPlace
from chatapp.mentions import EVERYBODY, HERE, MOST_ONLINE, find_mentions, from_text, may_mention, to_text
from chatapp.models import Membership, Mention, Message, User
from chatapp.models.tables import MEMBERSHIPS, MENTIONS
from chatapp.prepared_statements import tuples

_IS_OF_USER = MENTIONS.c.user_id.in_([bindparam("user_id"), EVERYBODY]) & (MENTIONS.c.sender_id != bindparam("user_id"))
UNREAD = (
    select(MENTIONS.c.conversation_id, MENTIONS.c.sequence)
    .select_from(MEMBERSHIPS)
    .join(MENTIONS, MENTIONS.c.conversation_id == MEMBERSHIPS.c.conversation_id)
    .where(
        MEMBERSHIPS.c.user_id == bindparam("user_id"),
        MENTIONS.c.sequence > MEMBERSHIPS.c.read_sequence,
        _IS_OF_USER,
    )
)
AFTER = select(MENTIONS.c.sequence).where(
    MENTIONS.c.conversation_id == bindparam("conversation_id"),
    MENTIONS.c.sequence > bindparam("after"),
    _IS_OF_USER,
)
WAS_HERE = select(MENTIONS.c.user_id).where(
    MENTIONS.c.conversation_id == bindparam("conversation_id"),
    MENTIONS.c.user_id.in_([bindparam("user_id"), EVERYBODY]),
    MENTIONS.c.sequence == bindparam("sequence"),
)


def unread_mentions(user_id: int) -> dict[int, set[int]]:
    """The sequences of messages after the user's read watermarks that mention the user, by conversation."""
    found: dict[int, set[int]] = {}
    for conversation_id, sequence in tuples(UNREAD, user_id=user_id):
        found.setdefault(conversation_id, set()).add(sequence)
    return found


def mentions_after(conversation_id: int, user_id: int, after: int) -> set[int]:
    """The sequences of messages after one that mention the user and that others wrote."""
    return {row[0] for row in tuples(AFTER, conversation_id=conversation_id, user_id=user_id, after=after)}


def mentions_of(conversation_id: int, sequence: int, text: str, reader_id: int | None) -> list[MentionPlace]:
    """The mentions of a message as its row keeps them. Without a reader they are those of an event for all members."""
    stored = from_text(text)
    user_ids = {mention.target for mention in stored if isinstance(mention.target, int)}
    places = places_of(stored, usernames_of(user_ids) if user_ids else {})
    if reader_id is not None and any(place.kind == HERE for place in places):
        was_here = is_mentioned_here(conversation_id, sequence, reader_id)
        for place in places:
            if place.kind == HERE:
                place.is_own = was_here
    return places


def is_mentioned_here(conversation_id: int, sequence: int, user_id: int) -> bool:
    """Whether the `@here` of a message mentions a user."""
    return bool(tuples(WAS_HERE, conversation_id=conversation_id, sequence=sequence, user_id=user_id))


def replace_mentions(transaction: Transaction, message: Message, *, is_group: bool) -> None:
    """Finds the mentions in the new text of a message. Whom `@here` mentioned before the edit it mentions still."""
    conversation_id, before = message.conversation_id, from_text(message.mentions)
    if not before and not may_mention(message.content):
        return
    query = (
        select(User.id, User.username)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.conversation_id == conversation_id)
    )
    rows = transaction.session.execute(query).all()
    members = {row.id: row.username for row in rows if is_group or row.id != message.sender_id}
    found = find_mentions(message.content, members, is_group=is_group)
    user_ids = users_of(found)
    if any(mention.target == HERE for mention in found):
        user_ids |= _online_or_mentioned_before(transaction, message, members, before=users_of(before))
    forget_mentions(transaction, message)
    message.mentions = to_text(found)
    if user_ids:
        key = {"conversation_id": conversation_id, "sequence": message.sequence, "sender_id": message.sender_id}
        transaction.session.execute(insert(Mention), [{**key, "user_id": user_id} for user_id in sorted(user_ids)])


def forget_mentions(transaction: Transaction, message: Message) -> None:
    message.mentions = None
    is_of_message = (Mention.conversation_id == message.conversation_id) & (Mention.sequence == message.sequence)
    transaction.session.execute(delete(Mention).where(is_of_message))


def _online_or_mentioned_before(
    transaction: Transaction, message: Message, members: Iterable[int], before: set[int]
) -> set[int]:
    if any(mention.target == HERE for mention in from_text(message.mentions)):
        is_of_message = (Mention.conversation_id == message.conversation_id) & (Mention.sequence == message.sequence)
        known = set(transaction.session.scalars(select(Mention.user_id).where(is_of_message)))
        return known - before
    online = set(transaction.session.scalars(online_user_ids())) & set(members)
    return online if len(online) <= MOST_ONLINE else {EVERYBODY}
