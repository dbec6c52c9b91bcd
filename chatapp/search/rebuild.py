"""Builds the index of the search anew, as after a restore, or with an analyser that cuts text differently."""

from collections.abc import Iterator

from sqlalchemy import func, select

from chatapp.extensions import db
from chatapp.journal import Journal
from chatapp.journal.search_index import SearchIndex
from chatapp.models.tables import CONVERSATIONS
from chatapp.search.catch_up import advance, conversations_behind, position_of


def revisions_to_index() -> int:
    """The number of changes in all conversations: the length of a rebuild."""
    return int(db.session.execute(select(func.coalesce(func.sum(CONVERSATIONS.c.revision), 0))).scalar_one())


def rebuild(journal: Journal) -> Iterator[int]:
    """Empties the index and fills it, in small transactions, while servers may run. Yields after each how many changes
    it has indexed."""
    journal.write(lambda transaction: SearchIndex(transaction).clear())
    last = 0
    while conversation_ids := conversations_behind(last):
        for conversation_id in conversation_ids:
            before = 0
            has_more = True
            while has_more:
                has_more = advance(journal, conversation_id)
                now = position_of(conversation_id)
                yield max(0, now - before)
                before = now
        last = conversation_ids[-1]
