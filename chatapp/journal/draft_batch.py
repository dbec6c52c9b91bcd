"""Stores the drafts of one transaction, each kind by few statements: messages first, then reactions and votes.

A message is sent to its readers as it comes out of the commit. If reactions took their revisions before it, they would
have to be read and sent before it, one event for each batch.
"""

from collections.abc import Sequence

from chatapp.database import WriterConnection
from chatapp.journal.drafts import FeedbackOutcome, MessageDraft, Outcome
from chatapp.journal.feedback_batch import FeedbackBatch
from chatapp.journal.message_batch import MessageBatch
from chatapp.journal.transaction import QueuedDraft
from chatapp.metrics.counters import counters
from chatapp.notices import Notice


def store_drafts(
    connection: WriterConnection, queued: Sequence[QueuedDraft], notices: list[Notice], has_previews: bool
) -> list[Outcome | FeedbackOutcome]:
    """The outcome of each draft, in order. Adds the notices to send beyond those about new messages.

    `has_previews` says whether the links of the messages are looked up.
    """
    outcomes: dict[int, Outcome | FeedbackOutcome] = {}
    drafts = [one.draft for one in queued]
    counters.batch_drafts.observe(len(drafts))
    if messages := {number: draft for number, draft in enumerate(drafts) if isinstance(draft, MessageDraft)}:
        message_batch = MessageBatch(connection, has_previews=has_previews)
        outcomes.update(zip(messages, message_batch.store(list(messages.values())), strict=True))
        notices += message_batch.notices
    if feedback := {number: draft for number, draft in enumerate(drafts) if not isinstance(draft, MessageDraft)}:
        feedback_batch = FeedbackBatch(connection)
        outcomes.update(zip(feedback, feedback_batch.store(list(feedback.values())), strict=True))
        notices += feedback_batch.notices
    return [outcomes[number] for number in range(len(drafts))]
