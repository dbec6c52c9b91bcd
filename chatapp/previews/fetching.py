"""Has a preview fetched by `worker.py`, a process with limits, while this process goes on."""

import json
import logging
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatapp.blank_text import is_blank
from chatapp.decoder_process import run, scratch_file
from chatapp.errors import ChatError
from chatapp.pictures.reencoding import reencode
from chatapp.pictures.webp import size_of
from chatapp.previews.picture_worker import SIDE_PIXELS
from chatapp.previews.worker import LARGEST_RESULT_BYTES, NO_PREVIEW

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
PICTURE_WORKER = Path(__file__).with_name("picture_worker.py")
TOTAL_SECONDS = 20.0
"""Longest run of the worker: the page, its redirects and its picture. Then it is killed."""

TITLE_CHARACTERS = 200
DESCRIPTION_CHARACTERS = 300
SITE_NAME_CHARACTERS = 60

_JOINERS = "\u200c\u200d"
"""Words of Persian and Indic scripts, and emoji, are made with them."""
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PreviewPicture:
    """A WebP, and its size in pixels."""

    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a page. Only the title is never empty."""

    title: str
    description: str
    site_name: str
    picture: PreviewPicture | None


def fetch_preview(url: str) -> Preview | None:
    """The preview of the page at this URL; None if there is none. Takes TOTAL_SECONDS and a re-encoding at most.

    Waits cooperatively: other greenlets and threads run meanwhile.
    """
    with scratch_file() as source, scratch_file() as result:
        source.write(url.encode())
        source.seek(0)
        status = run(WORKER, (), (source, result), TOTAL_SECONDS)
        if status > 0 and status != NO_PREVIEW:
            log.error("The worker for previews failed with status %s", status)
        result.seek(0)
        # A worker that was killed may have written the texts before it waited for the picture.
        written = result.read(LARGEST_RESULT_BYTES) or b""
    texts, _, picture = written.partition(b"\n")
    return _preview(texts, picture if status == 0 else b"")


def _preview(texts: bytes, picture: bytes) -> Preview | None:
    """From what the worker has written. It may be anything, if a page has got hold of the worker."""
    try:
        found = json.loads(texts)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    title = _line(found.get("title"), TITLE_CHARACTERS)
    if not title:
        return None
    return Preview(
        title,
        _line(found.get("description"), DESCRIPTION_CHARACTERS),
        _line(found.get("siteName"), SITE_NAME_CHARACTERS),
        _picture(picture) if picture else None,
    )


def _line(text: Any, characters: int) -> str:
    """One line without anything that is not seen or that turns the order of letters around; empty for what is none."""
    if not isinstance(text, str):
        return ""
    spaced = _SPACES.sub(" ", text)
    shown = "".join(one for one in spaced if one in _JOINERS or not unicodedata.category(one).startswith("C"))
    line = unicodedata.normalize("NFC", _SPACES.sub(" ", shown)).strip()
    if is_blank(line):
        return ""
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "\u2026"


def _picture(data: bytes) -> PreviewPicture | None:
    """The picture, re-encoded; None for one that cannot be read. A preview does without."""
    try:
        body = reencode(data, PICTURE_WORKER)
        width, height = size_of(body)
    except (ChatError, ValueError):
        return None
    return PreviewPicture(body, width, height) if max(width, height) <= SIDE_PIXELS else None
