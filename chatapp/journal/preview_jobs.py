"""Has the links in new texts looked up in the background. A text without a link costs one search for `://`."""

from collections.abc import Iterable

from chatapp.jobs.queue import NewJob
from chatapp.journal.drafts import StoredMessage
from chatapp.previews.links import may_have_links

KIND = "link_previews"


def jobs_for(messages: Iterable[StoredMessage]) -> list[NewJob]:
    """The jobs that look up the links of those messages that may have any."""
    return [job_for(one.conversation_id, one.sequence) for one in messages if may_have_links(one.content)]


def job_for(conversation_id: int, sequence: int) -> NewJob:
    """The job that looks up the links of a message. One that waits is enough for all its texts."""
    payload = {"conversationId": conversation_id, "sequence": sequence}
    return NewJob(KIND, payload, key=f"{conversation_id}-{sequence}")
