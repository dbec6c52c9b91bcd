"""Previews of links: fetched for the links of a message in the background, kept by address, shown by the message."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from chatapp.actions.message_lock import find_message, lock_message
from chatapp.actions.messages import message_of
from chatapp.actions.own_settings import settings_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import Forbidden
from chatapp.extensions import db
from chatapp.jobs import enqueue
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.journal.preview_jobs import job_for
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, LinkPicture, LinkPreview, Message, MessagePreview
from chatapp.prepared_statements import release_connection
from chatapp.previews.fetching import Preview, fetch_preview
from chatapp.previews.links import links_in, may_have_links

KEPT = timedelta(days=7)
"""How long a preview serves for new messages."""
FAILURE_KEPT = timedelta(hours=1)
"""How long a page without a preview is not asked again."""
LATEST = timedelta(hours=1)
"""How long after a message was written its links are looked up: not those of last week, after an outage."""

HASH_CHARACTERS = 32
"""128 bits of SHA-256, as of the pictures of people."""


def fetch_previews(
    journal: Journal, conversation_id: int, sequence: int, fetch: Callable[[str], Preview | None] = fetch_preview
) -> None:
    """Fetches what is not known of the links in a message, and has the message show what there is.

    Does nothing for a message that is gone or deleted, whose sender removed its previews or wants none. Runs in an app
    context. May be called any number of times.
    """
    content = _content_of(conversation_id, sequence)
    if content is None:
        return
    for url in links_in(content):
        if _known(db.session, url, now()) is None:
            release_connection()
            journal.write(partial(_keep, url=url, preview=fetch(url)), durable=False)
    journal.write(lambda transaction: _show(transaction, conversation_id, sequence, content), durable=False)


def remove_previews(journal: Journal, caller: Caller, message_id: str) -> StoredMessage:
    """Removes the previews from the caller's own message. It never gets any again. Returns the message.

    Raises NotFound, MessageDeleted, Blocked, and Forbidden for a message of somebody else.
    """

    def job(transaction: Transaction) -> None:
        found = lock_message(transaction, caller, message_id)
        message = found.message
        if message.sender_id != caller.user_id:
            raise Forbidden("You can only remove the previews of your own messages.", messageId=message_id)
        if message.previews == 0:
            return
        had_any = message.previews is not None
        forget_previews(transaction, message)
        message.previews = 0
        if had_any:
            found.change(transaction)

    journal.write(job)
    return message_of(caller, find_message(caller, message_id))


def look_up_links(transaction: Transaction, message: Message) -> None:
    """Has the links in a changed text looked up, once the transaction is committed."""
    if may_have_links(message.content):
        job = job_for(message.conversation_id, message.sequence)
        enqueue(transaction, job.kind, job.payload, key=job.key)


def forget_previews(transaction: Transaction, message: Message) -> None:
    """Takes all previews from a message, whose conversation is locked."""
    transaction.session.execute(delete(MessagePreview).where(_of(message.conversation_id, message.sequence)))
    message.previews = None


def keep_previews_of_text(transaction: Transaction, message: Message) -> None:
    """Takes those previews from an edited message whose links its new text does not have. The others stay until the
    links of the new text are looked up. The conversation is locked."""
    if not message.previews:
        return
    links = links_in(message.content)
    kept = [one for url, one in _shown(transaction.session, message) if url in links]
    _set(transaction.session, message, kept)


def _content_of(conversation_id: int, sequence: int) -> str | None:
    """The text whose links are looked up; None if there is none."""
    message = db.session.get(Message, (conversation_id, sequence), populate_existing=True)
    if message is None or message.deleted_at is not None or message.previews == 0:
        return None
    if now() - (message.edited_at or message.created_at) > LATEST:
        return None
    return message.content if settings_of(message.sender_id).shows_previews else None


def _known(session: Session | scoped_session[Any], url: str, at: datetime) -> LinkPreview | None:
    """What was fetched of this address not too long ago."""
    return session.scalar(
        select(LinkPreview)
        .where(LinkPreview.url_hash == _url_hash(url), LinkPreview.expires_at > at)
        .order_by(LinkPreview.id.desc())
        .limit(1)
    )


def _keep(transaction: Transaction, url: str, preview: Preview | None) -> None:
    """Keeps what was fetched of an address, in the row of what was fetched before if it is the same."""
    session = transaction.session
    picture_hash = None if preview is None else _keep_picture(session, preview)
    texts = ("", "", "") if preview is None else (preview.title, preview.description, preview.site_name)
    query = select(LinkPreview).where(LinkPreview.url_hash == _url_hash(url)).order_by(LinkPreview.id.desc()).limit(1)
    row = session.scalar(query)
    if row is None or (row.title, row.description, row.site_name, row.picture) != (*texts, picture_hash):
        title, description, site_name = texts
        row = LinkPreview(
            url_hash=_url_hash(url),
            url=url,
            title=title,
            description=description,
            site_name=site_name,
            picture=picture_hash,
        )
        session.add(row)
    row.expires_at = now() + (KEPT if preview is not None else FAILURE_KEPT)


def _keep_picture(session: Session, preview: Preview) -> str | None:
    if preview.picture is None:
        return None
    picture = preview.picture
    picture_hash = hashlib.sha256(picture.body).hexdigest()[:HASH_CHARACTERS]
    if session.get(LinkPicture, picture_hash) is None:
        session.add(LinkPicture(hash=picture_hash, width=picture.width, height=picture.height, body=picture.body))
        session.flush()
    return picture_hash


def _show(transaction: Transaction, conversation_id: int, sequence: int, content: str) -> None:
    """Has a message show the previews of this text, if that is still its text."""
    session = transaction.session
    lock = select(Conversation.direct_key).where(Conversation.id == conversation_id)
    key = session.scalar(lock.with_for_update(key_share=True))
    message = session.get(Message, (conversation_id, sequence), populate_existing=True)
    if message is None or message.deleted_at is not None or message.previews == 0 or message.content != content:
        # Whoever changed it meanwhile has had its links looked up anew.
        return
    found = [_known(session, url, now()) for url in links_in(content)]
    wanted = [one.id for one in found if one is not None and one.title]
    if wanted == [one for _, one in _shown(session, message)]:
        return
    _set(session, message, wanted)
    usernames = tuple(key.split(" ")) if key else ()
    message.changed_revision = take_revision(transaction, conversation_id, usernames, can_wait=True)


def _shown(session: Session, message: Message) -> list[tuple[str, int]]:
    """The addresses and the ids of the previews that a message shows, in their order."""
    query = (
        select(LinkPreview.url, LinkPreview.id)
        .join(MessagePreview, MessagePreview.preview_id == LinkPreview.id)
        .where(_of(message.conversation_id, message.sequence))
        .order_by(MessagePreview.position)
    )
    return [(row.url, row.id) for row in session.execute(query)]


def _set(session: Session, message: Message, preview_ids: Sequence[int]) -> None:
    place = {"conversation_id": message.conversation_id, "sequence": message.sequence}
    session.execute(delete(MessagePreview).where(_of(message.conversation_id, message.sequence)))
    for position, preview_id in enumerate(preview_ids):
        session.add(MessagePreview(**place, position=position, preview_id=preview_id))
    message.previews = len(preview_ids) or None


def _of(conversation_id: int, sequence: int) -> Any:
    return (MessagePreview.conversation_id == conversation_id) & (MessagePreview.sequence == sequence)


def _url_hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
