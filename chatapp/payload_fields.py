"""The fields of requests and events, as annotated types. All field limits live here."""

import re
import unicodedata
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from chatapp.blank_text import is_blank
from chatapp.emoji_data import fully_qualified
from chatapp.username_rule import USERNAME_CHARACTERS, new_username, username_with_at

CONTENT_BYTES = 65_536
"""Longest message, in bytes of UTF-8."""
GROUP_NAME_CHARACTERS = 100
GROUP_MEMBERS = 5_000
"""Most users that one request may put into a group."""
MOST_EMOJI = 50
"""Different emoji under one message."""

THREAD_MESSAGES = 10_000
"""Most messages of a thread."""
LARGEST_GROUP = 10_000
"""Most members of a group, whether they are added or join."""
TOPIC_CHARACTERS = 250
DESCRIPTION_CHARACTERS = 2_000
EMAIL_CHARACTERS = 254
"""RFC 5321 section 4.5.3.1.3: a path has 256 octets, with its angle brackets."""
PASSWORD_CHARACTERS = 1_024
"""Longest password that is hashed: argon2 takes any length, an attacker's patience should not."""
NAME_CHARACTERS = 1_000
"""Longest name that is looked up."""
SHORTEST_PASSWORD = 8
"""NIST SP 800-63B section 5.1.1.1: at least 8 characters, no rules of composition."""
PAGE = 100
LARGEST_PAGE = 500
LARGEST_SEQUENCE = 2**63 - 1
SEARCH_CHARACTERS = 300
KNOWN_CONVERSATIONS = 20_000
"""Most conversations that one sync may ask about."""

BLANK = "must have something visible in it"
"""Why a text is refused."""
FILES = 10
"""Most files of a message."""
ALT_CHARACTERS = 1_000
WAVEFORM_VALUES = 64
LARGEST_PIXELS = 100_000
LONGEST_SECONDS = 1_000_000.0

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Unicode's Cc, but newline and tab."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character: legal in JSON's escapes, impossible in UTF-8."""
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]+@[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def _content(text: str) -> str:
    text = text.replace("\r\n", "\n")
    printable(text)
    if len(text.encode()) > CONTENT_BYTES:
        raise ValueError(f"must be at most {CONTENT_BYTES} bytes of UTF-8")
    if is_blank(text):
        raise ValueError(BLANK)
    return text


def _draft(text: str) -> str:
    text = printable(text.replace("\r\n", "\n"))
    if len(text.encode()) > CONTENT_BYTES:
        raise ValueError(f"must be at most {CONTENT_BYTES} bytes of UTF-8")
    return text


def printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # most messages, at a tenth of what the searches cost
    if _SURROGATE.search(text):
        raise ValueError("must be well-formed Unicode, without lone surrogates")
    if _CONTROL.search(text):
        raise ValueError("must not hold control characters other than newline and tab")
    return text


def _name(text: str) -> str:
    text = unicodedata.normalize("NFC", printable(text)).strip()
    if is_blank(text) or "\n" in text or "\t" in text:
        raise ValueError("must be one line with something visible in it")
    return text


def one_line(text: str) -> str:
    """One line with something visible in it, composed and without spaces around it. Raises ValueError for others."""
    return _name(text)


def _name_or_nothing(text: str) -> str:
    return _name(text) if text else text


def _emoji(text: str) -> str:
    found = fully_qualified(text)
    if found is None:
        raise ValueError("must be one emoji")
    return found


def line_or_nothing(text: str) -> str:
    """As `one_line`, or the empty text for nothing visible."""
    return "" if is_blank(text) else _name(text)


def _description(text: str) -> str:
    text = unicodedata.normalize("NFC", printable(text.replace("\r\n", "\n"))).strip()
    return "" if is_blank(text) else text


def _directory_place(text: str) -> str:
    number, colon, _ = text.partition(":")
    if not (colon and number.isascii() and number.isdigit() and int(number) <= LARGEST_SEQUENCE):
        raise ValueError("must be the `next` of an earlier answer")
    return printable(text)


def _client_id(text: str) -> str:
    return str(UUID(text))


def _known(text: Any) -> list[list[str]]:
    """`name:revision:watermarks`, and so on. A username holds neither a comma nor a colon."""
    parts = [part.split(":") for part in text.split(",") if part] if isinstance(text, str) else []
    if any(len(part) != 3 for part in parts):
        raise ValueError("must be name:revision:watermarks, separated by commas")
    return parts


def _email(text: str) -> str:
    """In lower case, since nobody's mail server tells cases apart. Other letters than ASCII stay as they are: some of
    them, such as the Kelvin sign, would become ASCII letters, and the address that of somebody else."""
    if not _EMAIL.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


Content = Annotated[str, Field(max_length=CONTENT_BYTES), AfterValidator(_content)]
DraftContent = Annotated[str, Field(max_length=CONTENT_BYTES), AfterValidator(_draft)]
"""Text that is to become the content of a message. It may be empty or blank."""
# Names are counted as they are kept, composed: some characters take more code points then, and most take fewer.
GroupName = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=GROUP_NAME_CHARACTERS)]
Emoji = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(_emoji)]
Topic = Annotated[str, AfterValidator(line_or_nothing), Field(max_length=TOPIC_CHARACTERS)]
"""One line, or nothing."""
Description = Annotated[str, AfterValidator(_description), Field(max_length=DESCRIPTION_CHARACTERS)]
"""Some lines, or nothing."""
UploadId = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{16,32}$")]
AltText = Annotated[str, Field(max_length=ALT_CHARACTERS), AfterValidator(_draft)]
"""What a picture shows, for those who do not see it. It may be empty."""
LONGEST_RETENTION_DAYS = 36_500

RetentionDays = Annotated[int, Field(ge=0, le=LONGEST_RETENTION_DAYS)]
"""After how many days messages are erased. 0: never, or for a group: when the system's are over."""

GroupSearch = Annotated[str, Field(max_length=GROUP_NAME_CHARACTERS), AfterValidator(printable)]
DirectoryPlace = Annotated[str, Field(max_length=1_000), AfterValidator(_directory_place)]
"""A place in the directory of public groups: `12:rowing`, the last group's id and its name as it is compared."""
SearchText = Annotated[str, Field(min_length=1, max_length=SEARCH_CHARACTERS), AfterValidator(printable)]
ClientId = Annotated[str, Field(min_length=32, max_length=45), AfterValidator(_client_id)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS), AfterValidator(printable)]
"""A username or a conversation's id as somebody else wrote it: looked up, so any printable text will do."""
NewUsername = Annotated[str, AfterValidator(new_username), Field(min_length=1, max_length=USERNAME_CHARACTERS)]
NameAsAccount = Annotated[str, AfterValidator(username_with_at), Field(min_length=1, max_length=USERNAME_CHARACTERS)]
"""A new username where people sign in by name, as an operator may give it."""
EmailAddress = Annotated[str, Field(max_length=EMAIL_CHARACTERS), AfterValidator(_email)]
FirstName = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=100)]
NewPassword = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=PASSWORD_CHARACTERS)]
InviteText = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printable)]
LastName = Annotated[str, AfterValidator(_name_or_nothing), Field(max_length=100)]
Sequence = Annotated[int, Field(ge=0, le=LARGEST_SEQUENCE)]
FirstSequence = Annotated[int, Field(ge=1, le=LARGEST_SEQUENCE)]
Known = tuple[Name, Sequence, Sequence]
KnownList = Annotated[
    list[Known], BeforeValidator(_known, json_schema_input_type=str), Field(max_length=KNOWN_CONVERSATIONS)
]
"""`bob:17:34,carol:3:6`"""
