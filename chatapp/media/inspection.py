"""Has an uploaded file inspected by `worker.py`, a process with limits, while this process goes on."""

import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any, Self

from chatapp.decoder_process import run, scratch_file
from chatapp.errors import Unavailable
from chatapp.media.content_types import HEAD_BYTES, OTHER, FileType, type_of
from chatapp.media.drawing import PREVIEW_SIDES
from chatapp.media.worker import LOOKED_INTO

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
WORKER_SECONDS = 30.0
"""Longest run of the worker, on a machine with little time for it."""
QUEUE_SECONDS = 60.0
"""Longest wait for the files of others."""
MOST_WORKERS = 2
LONGEST_REPORT_BYTES = 65_536
LARGEST_SIDE = 1_000_000
"""In pixels. The report may say anything, if a file has got hold of the worker."""
PLACEHOLDER = re.compile(r"[A-Za-z0-9+/]{8,38}={0,2}")
SOUND = {"audio/mp4", "audio/webm"}

_turns = threading.Semaphore(MOST_WORKERS)


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture of the file: a WebP without metadata, in the workspace. Sides are in pixels."""

    width: int
    height: int
    path: Path


@dataclass(frozen=True, slots=True)
class Media:
    """What an uploaded file is.

    `kind` is picture, video, audio, pdf, text or other; the last is only offered as a download. `content_type` is found
    from the bytes; `application/octet-stream` if it is unknown. `width` and `height` are in pixels, the right side up:
    of a picture, of a PDF's first page as it is in the largest preview, and of a film whose container says them.
    `placeholder` is a ThumbHash in base64, 40 characters at most, of what has previews. `previews` are up to three,
    from the smallest to the largest, none larger than the original, of an animation the first frame. `cleaned` is the
    file without its place and its camera, in the workspace; None if it says neither, or is of a kind left as it is.
    """

    kind: str
    content_type: str
    width: int | None = None
    height: int | None = None
    placeholder: str | None = None
    previews: tuple[Preview, ...] = ()
    cleaned: Path | None = None


def inspect(source: Path, name: str, workspace: Path) -> Media:
    """What the file is. The result's files are in the folder `workspace`, and belong to the caller.

    Waits cooperatively: other greenlets and threads run meanwhile. Content that is damaged or hostile is of the kind
    other. Raises Unavailable if too many other files are before it, and OSError if the source cannot be read.
    """
    with open(source, "rb") as file:
        found = type_of(file.read(HEAD_BYTES), name)
        if found.content_type not in LOOKED_INTO:
            return Media(found.kind, found.content_type)
        if not _turns.acquire(timeout=QUEUE_SECONDS):
            raise Unavailable("Too many files are being read at the moment. Please try again.")
        try:
            file.seek(0)
            return _inspected(file, found, workspace)
        finally:
            _turns.release()


def _inspected(source: IO[bytes], found: FileType, workspace: Path) -> Media:
    with scratch_file() as report, _ResultFiles(workspace) as results:
        status = run(WORKER, [found.content_type], [source, report, *results.files], WORKER_SECONDS)
        if status:
            log.warning("The worker for a file of type %s ended with status %s", found.content_type, status)
        media = _media(found, _merged(report), results.paths)
        results.keep(*(preview.path for preview in media.previews), *([media.cleaned] if media.cleaned else []))
        return media


class _ResultFiles:
    """Empty files in a folder: one for the file without metadata, then those of the previews. At the end those that are
    not kept are removed."""

    def __init__(self, folder: Path) -> None:
        self.files: list[IO[bytes]] = []
        self.paths: list[Path] = []
        self._folder = folder
        self._kept: tuple[Path, ...] = ()

    def __enter__(self) -> Self:
        try:
            for _ in range(1 + len(PREVIEW_SIDES)):
                descriptor, name = mkstemp(prefix="media-", dir=self._folder)
                self.paths.append(Path(name))
                self.files.append(open(descriptor, "r+b", buffering=0))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self.files:
            file.close()
        for path in self.paths:
            if path not in self._kept:
                path.unlink(missing_ok=True)

    def keep(self, *paths: Path) -> None:
        """Leaves these to the caller."""
        self._kept = paths


def _merged(report: IO[bytes]) -> dict[str, Any]:
    """What the lines of the report say; of previews a list. A last line that was cut off is left out."""
    report.seek(0)
    found: dict[str, Any] = {"previews": []}
    for line in report.read(LONGEST_REPORT_BYTES).splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            found["previews"] += [said["preview"]] if "preview" in said else []
            found |= {name: value for name, value in said.items() if name not in ("preview", "previews")}
    return found


def _media(found: FileType, report: dict[str, Any], paths: list[Path]) -> Media:
    """What the report says, where it is possible. What has not been read to its end is of the kind other."""
    cleaned = paths[0] if report.get("cleaned") is True and paths[0].stat().st_size else None
    if report.get("readable") is not True:
        return Media(OTHER.kind, OTHER.content_type, cleaned=cleaned)
    width, height = (_side(report.get(name), LARGEST_SIDE) for name in ("width", "height"))
    has_size = width is not None and height is not None
    placeholder = report.get("placeholder")
    is_placeholder = isinstance(placeholder, str) and PLACEHOLDER.fullmatch(placeholder) is not None
    is_sound = report.get("content_type") in SOUND
    return Media(
        "audio" if is_sound else found.kind,
        report["content_type"] if is_sound else found.content_type,
        width if has_size else None,
        height if has_size else None,
        placeholder if is_placeholder else None,
        tuple(_previews(report["previews"], paths[1:])),
        cleaned,
    )


def _previews(said: list[Any], paths: list[Path]) -> Iterator[Preview]:
    for sides, path in zip(said, paths, strict=False):
        width, height = (_side(side, PREVIEW_SIDES[-1]) for side in (sides if _is_pair(sides) else (None, None)))
        if width is not None and height is not None and _is_webp(path):
            yield Preview(width, height, path)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _side(value: object, largest: int) -> int | None:
    return value if isinstance(value, int) and 0 < value <= largest else None


def _is_webp(path: Path) -> bool:
    with open(path, "rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"
