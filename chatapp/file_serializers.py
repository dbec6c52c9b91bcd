"""Serializers of files and uploads. See `chatapp.serializers`."""

from chatapp.actions.shared_files import FileEntry, FilePage
from chatapp.actions.uploads import Limits, UploadState
from chatapp.clock import microseconds_to_iso
from chatapp.file_shapes import (
    FileEntryShape,
    FileLimitsShape,
    FileShape,
    FilesShape,
    UploadShape,
)
from chatapp.journal.message_state import FileState


def file(found: FileState, file_id: str) -> FileShape:
    """Leaves out what is not known."""
    shape: FileShape = {
        "fileId": file_id,
        "name": found.name,
        "type": found.content_type,
        "kind": found.kind,
        "size": found.size,
    }
    if found.width is not None and found.height is not None:
        shape["width"], shape["height"] = found.width, found.height
    if found.placeholder is not None:
        shape["placeholder"] = found.placeholder
    if found.previews:
        shape["previews"] = [{"width": width, "height": height} for width, height in found.previews]
    if found.alt:
        shape["alt"] = found.alt
    if found.milliseconds is not None:
        shape["seconds"] = found.milliseconds / 1000
    if found.waveform:
        shape["waveform"] = list(found.waveform)
    if found.is_voice:
        shape["isVoice"] = True
    return shape


def files_of(message_id: str, found: list[FileState]) -> list[FileShape]:
    """The files of a message, in their order."""
    return [file(one, f"{message_id}-{position}") for position, one in enumerate(found, 1)]


def page(found: FilePage) -> FilesShape:
    return {"files": [_entry(one) for one in found.entries], "more": found.has_more}


def _entry(entry: FileEntry) -> FileEntryShape:
    message_id = f"{entry.conversation_id}-{entry.sequence}"
    return {
        "file": file(entry.file, f"{message_id}-{entry.position}"),
        "messageId": message_id,
        "sequence": entry.sequence,
        "sender": entry.sender,
        "timestamp": microseconds_to_iso(entry.created_at),
    }


def limits(found: Limits) -> FileLimitsShape:
    return {
        "largestBytes": found.largest_bytes,
        "filesAMessage": found.files_a_message,
        "types": list(found.types) or None,
        "quotaBytes": found.quota_bytes or None,
        "usedBytes": found.used_bytes,
    }


def upload(found: UploadState) -> UploadShape:
    return {
        "uploadId": found.upload_id,
        "name": found.name,
        "size": found.size,
        "offset": found.offset,
        "state": "refused" if found.refusal else "ready" if found.file is not None else "uploading",
        "error": None if found.refusal is None else {"code": found.refusal.code, "message": found.refusal.message},
        "file": None if found.file is None else file(found.file, found.upload_id),
    }
