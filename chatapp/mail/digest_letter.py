"""Writes a digest: what somebody has missed, as plain text and as HTML that loads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from chatapp.excerpts import RIGHT_TO_LEFT_LANGUAGES, excerpt_of, isolated
from chatapp.mail.digest_sentences import SENTENCES, say
from chatapp.mail.letters import Letter
from chatapp.push.sentences import say as say_of_push
from chatapp.sentences import FALLBACK

MOST_MESSAGES = 20
"""A digest tells of so many messages, and counts the others."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A message. `group` is the name of the group, for a thread that of its group; empty for a private conversation."""

    conversation_id: int
    sequence: int
    sender: str
    group: str
    is_thread: bool
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around the messages: the system's name and address, whose account it is, and where the page is that ends
    the digests."""

    system: str
    public_url: str
    username: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class _Section:
    """The messages of one conversation, one line each, with a link to the first one."""

    heading: str
    lines: list[tuple[str, str]]
    link: str


def digest_letter(
    missed: Sequence[Missed], language: str, frame: Frame, headers: Mapping[str, str], *, shows_content: bool
) -> Letter:
    """Says who wrote what in which conversation, or only how many messages there are. `missed` is in the order of each
    conversation. The subject is always the same, so that digests form one conversation in a mailbox."""
    language = language if language in SENTENCES["subject"] else FALLBACK
    shown = _chosen(missed) if shows_content else []
    sections = [_section(list(part), language, frame) for _, part in groupby(shown, lambda one: one.conversation_id)]
    rest = len(missed) - len(shown)
    count = say("more", language, count=rest) if shown else say_of_push("new_messages", language, count=rest)
    subject = say("subject", language, system=frame.system)
    text = _text(sections, count if rest else "", language, frame)
    return Letter(subject, text, _html(sections, count if rest else "", subject, language, frame), headers)


def _chosen(missed: Sequence[Missed]) -> list[Missed]:
    """MOST_MESSAGES at most, in their order. A conversation with many messages leaves room for the others."""
    places: dict[int, int] = {}
    ranked = []
    for index, one in enumerate(missed):
        place = places[one.conversation_id] = places.get(one.conversation_id, 0) + 1
        ranked.append((place, index))
    return [missed[index] for index in sorted(index for _, index in sorted(ranked)[:MOST_MESSAGES])]


def _section(messages: Sequence[Missed], language: str, frame: Frame) -> _Section:
    first = messages[0]
    kind = ("thread" if first.is_thread else "group") if first.group else "private"
    names = {"name": isolated(first.sender, language), "group": isolated(first.group, language)}
    lines = [(isolated(one.sender, language), isolated(_excerpt(one, language), language)) for one in messages]
    link = f"{frame.public_url}/#/c/{first.conversation_id}/{first.sequence}"
    return _Section(say(kind, language, **names), lines, link)


def _excerpt(one: Missed, language: str) -> str:
    return excerpt_of(one.text, say_of_push("spoiler", language)) or say("file", language)


def _text(sections: Sequence[_Section], count: str, language: str, frame: Frame) -> str:
    parts = [
        "\n".join(
            [one.heading, *(f"  {say('line', language, name=name, text=text)}" for name, text in one.lines), one.link]
        )
        for one in sections
    ]
    parts += [count] if count else []
    parts.append(f"{say('open_chat', language)}:\n{frame.public_url}/")
    parts.append(f"-- \n{_why(language, frame)}")
    parts.append(f"{say('unsubscribe', language)}:\n{frame.unsubscribe}")
    return "\n\n".join(parts) + "\n"


def _html(sections: Sequence[_Section], count: str, subject: str, language: str, frame: Frame) -> str:
    direction = "rtl" if language in RIGHT_TO_LEFT_LANGUAGES else "ltr"
    parts = [_section_html(one, language) for one in sections]
    parts += [f"<p>{escape(count)}</p>"] if count else []
    parts.append(f"<p>{_link(frame.public_url + '/', say('open_chat', language))}</p>")
    parts.append(f"<hr>\n<p><small>{escape(_why(language, frame))}</small></p>")
    parts.append(f"<p><small>{_link(frame.unsubscribe, say('unsubscribe', language))}</small></p>")
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n'
        f'<head><meta charset="utf-8"><title>{escape(subject)}</title></head>\n<body>\n'
        + "\n".join(parts)
        + "\n</body>\n"
        "</html>\n"
    )


def _section_html(section: _Section, language: str) -> str:
    lines = "\n".join(
        f"<li>{say('line', language, name=f'<b>{escape(name)}</b>', text=escape(text))}</li>"
        for name, text in section.lines
    )
    link = _link(section.link, say("open", language))
    return f"<h3>{escape(section.heading)}</h3>\n<ul>\n{lines}\n</ul>\n<p>{link}</p>"


def _link(address: str, sentence: str) -> str:
    return f'<a href="{escape(address)}">{escape(sentence)}</a>'


def _why(language: str, frame: Frame) -> str:
    username, system = isolated(frame.username, language), isolated(frame.system, language)
    return say("why", language, username=username, system=system)
