"""What somebody has missed: unread messages that would notify them, by the rule of notifications."""

from datetime import datetime

from chatapp.actions.digest_recipients import conversations_with_news
from chatapp.actions.push_messages import blocks_among, place_of, recent_messages
from chatapp.actions.push_recipients import notifies, unread_conversations
from chatapp.mail.digest_letter import Missed
from chatapp.models.preference import NONE

LOOKED_AT = 500
"""The newest messages of a conversation that are counted in a digest."""


def missed_messages(user_id: int, since: datetime, until: datetime) -> list[Missed]:
    """Those that were stored after `since`, up to `until`, by conversation, oldest first."""
    with_news = conversations_with_news(user_id, since)
    found: list[Missed] = []
    for member in unread_conversations(user_id):
        place = place_of(member.id) if member.id in with_news and member.level != NONE else None
        if place is None:
            continue
        messages = [one for one in recent_messages(place, until, LOOKED_AT) if one.sent_at > since]
        blocks = blocks_among({one.sender_id for one in messages})
        found += [
            Missed(member.id, one.sequence, one.sender_name, place.name, place.is_thread, one.content)
            for one in messages
            if notifies(one, member, place, blocks)
        ]
    return found
