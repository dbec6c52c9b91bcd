"""What is sent to a browser: as JSON, which the service worker reads (`static/js/service-worker.js`)."""

import hashlib
from dataclasses import dataclass

import orjson

from chatapp.actions.push_messages import FirstFile
from chatapp.base64url import to_base64url
from chatapp.excerpts import excerpt_of, isolated
from chatapp.push.encryption import MOST_BYTES
from chatapp.push.sentences import say

SECONDS_KEPT = 7 * 24 * 3600
"""How long a push service keeps a notification for a browser that is away."""
TEST_SECONDS_KEPT = 60
TOPIC_BYTES = 24
"""RFC 8030 section 5.4: a topic has 32 characters of base64url at most."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a notification is about. `group` is the name of the group, for a thread that of its group; empty for a
    private conversation. `file` is there without a text. `count` messages are unread in the conversation, and `unread`
    in all."""

    message_id: str
    sender: str
    group: str
    is_thread: bool
    is_mention: bool
    text: str
    file: FirstFile | None
    count: int
    unread: int


def notification(shown: Shown, language: str, system: str, *, shows_content: bool) -> bytes:
    """Says who wrote what, or only that there is a message."""
    title, body = _said(shown, language) if shows_content else _unsaid(shown, language, system)
    return _json(kind="message", messageId=shown.message_id, title=title, body=body, unread=shown.unread)


def read_up_to(conversation_id: int, sequence: int, unread: int) -> bytes:
    """Takes the notification of a conversation away that was read up to a message."""
    return _json(kind="read", messageId=f"{conversation_id}-{sequence}", unread=unread)


def test(language: str, system: str) -> bytes:
    return _json(kind="test", title=system, body=say("test", language))


def topic_of(conversation_id: int, client_secret: str) -> str:
    """Names a conversation to a push service, which neither learns which one it is nor that two people are in it."""
    digest = hashlib.sha256(f"{client_secret} {conversation_id}".encode()).digest()
    return to_base64url(digest[:TOPIC_BYTES])


def _said(shown: Shown, language: str) -> tuple[str, str]:
    title = shown.sender
    if shown.group:
        sentence = "in_thread" if shown.is_thread else "in_group"
        title = say(sentence, language, name=isolated(shown.sender, language), group=isolated(shown.group, language))
    if shown.count > 1:
        title = say("several", language, title=isolated(title, language), count=shown.count)
    text = excerpt_of(shown.text or _words_for(shown.file, language), say("spoiler", language))
    return title, say("mentioned", language, text=isolated(text, language)) if shown.is_mention else text


def _words_for(file: FirstFile | None, language: str) -> str:
    if file is None:
        return ""
    if file.is_voice:
        return say("voice", language)
    return say(file.kind, language) if file.kind in ("picture", "video") else file.name


def _unsaid(shown: Shown, language: str, system: str) -> tuple[str, str]:
    if shown.count > 1:
        return system, say("new_messages", language, count=shown.count)
    return system, say("new_message", language)


def _json(**fields: object) -> bytes:
    text = orjson.dumps(fields)
    assert len(text) <= MOST_BYTES  # noqa: S101 names and excerpts are short
    return text
