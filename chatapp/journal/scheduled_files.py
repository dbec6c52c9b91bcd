"""The files of a scheduled message as its row keeps them: what its author says of each upload."""

from collections.abc import Sequence
from dataclasses import astuple

import orjson

from chatapp.journal.drafts import FileDraft


def text_of(files: Sequence[FileDraft]) -> str:
    """Empty without files."""
    return orjson.dumps([astuple(file) for file in files]).decode() if files else ""


def files_in(text: str) -> tuple[FileDraft, ...]:
    """The files in such a text, in their order."""
    return tuple(FileDraft(*values) for values in orjson.loads(text)) if text else ()
