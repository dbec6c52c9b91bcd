"""What is written, in each language of the web client. Plain text, and short: a link, or what has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chatapp.mail.sentences import FRAMES, LETTERS, NOTICES
from chatapp.sentences import FALLBACK

Notice = Literal[
    "address_changed",
    "address_removed",
    "password_changed",
    "passkey_added",
    "identity_linked",
    "second_factor_on",
    "second_factor_off",
]
"""What its owner hears of when it has happened to an account."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The subject and the text of an e-mail; perhaps the same in HTML, and further headers by name. Without a
    `Message-ID` among them one is made."""

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def link_letter(kind: Literal["confirm", "reset"], language: str, **values: str) -> Letter:
    """A letter with a link. `values` are `system`, `username` and `link`."""
    return _filled(LETTERS[kind][_known(language)], values)


def test_letter(system: str, address: str) -> Letter:
    return _filled(LETTERS["test"][FALLBACK], {"system": system, "link": address})


def notice_letter(notice: Notice, language: str, **values: str) -> Letter:
    """What has happened, and what to do if it was somebody else. `values` are `system`, `username` and `link`."""
    known = _known(language)
    subject, frame = FRAMES[known]
    return _filled((subject, frame.replace("{what}", NOTICES[notice][known])), values)


def _known(language: str) -> str:
    return language if language in FRAMES else FALLBACK


def _filled(letter: tuple[str, str], values: dict[str, str]) -> Letter:
    subject, text = letter
    return Letter(subject.format(**values), text.format(**values))
