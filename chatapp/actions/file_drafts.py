"""The files of a message that is about to be sent."""

from collections.abc import Sequence

from chatapp.journal.drafts import FileDraft
from chatapp.payloads import NewFile


def file_drafts(files: Sequence[NewFile]) -> tuple[FileDraft, ...]:
    """What the sender says of each."""
    return tuple(_draft(file) for file in files)


def _draft(file: NewFile) -> FileDraft:
    milliseconds = None if file.seconds is None else round(file.seconds * 1000)
    waveform = " ".join(map(str, file.waveform))
    return FileDraft(file.upload_id, file.alt.strip(), file.width, file.height, milliseconds, waveform, file.is_voice)
