"""The shapes of files and uploads. See `chatapp.shapes`."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class PreviewShape(TypedDict):
    width: int
    height: int


class FileShape(TypedDict):
    """A file of a message. Its bytes are at `/file/<fileId>`, its previews at `/file/<fileId>/preview/<number>`."""

    fileId: str
    name: str
    type: str
    kind: str
    size: int
    width: NotRequired[int]
    height: NotRequired[int]
    placeholder: NotRequired[str]
    previews: NotRequired[list[PreviewShape]]
    alt: NotRequired[str]
    seconds: NotRequired[float]
    waveform: NotRequired[list[int]]
    isVoice: NotRequired[bool]


class QuotedFileShape(TypedDict):
    """The first file of an answered message."""

    name: str
    kind: str


class FileEntryShape(TypedDict):
    """A file in the list of a conversation's, and the message that has it."""

    file: FileShape
    messageId: str
    sequence: int
    sender: str
    timestamp: str


class FilesShape(TypedDict):
    files: list[FileEntryShape]
    more: bool


class FileLimitsShape(TypedDict):
    """What the caller may send. `types` is null where all are allowed, `quotaBytes` where there is no limit."""

    largestBytes: int
    filesAMessage: int
    types: list[str] | None
    quotaBytes: int | None
    usedBytes: int


class UploadLimitsShape(TypedDict):
    limits: FileLimitsShape


class UploadErrorShape(TypedDict):
    code: str
    message: str


class UploadShape(TypedDict):
    uploadId: str
    name: str
    size: int
    offset: int
    state: Literal["uploading", "ready", "refused"]
    error: UploadErrorShape | None
    file: FileShape | None


class OneUploadShape(TypedDict):
    upload: UploadShape
