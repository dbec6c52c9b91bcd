"""Reads an archive: unpacks it and checks every byte of it."""

import hashlib
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from chatapp.backup.errors import BackupFailed
from chatapp.backup.manifest import INSTANCE, MANIFEST, SUMS, UPLOADS, Manifest, foreign, read_manifest, sum_line
from chatapp.backup.progress import Advance, Stages
from chatapp.files.storage import KEY

READ_BYTES = 1 << 20
MOST_MANIFEST_BYTES = 1 << 20

_INSTANCE_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]*")


def manifest_of(archive: Path) -> Manifest:
    """What the archive says of itself; nothing else is read.

    Raises BackupFailed if it is damaged, of a newer version, or something else.
    """
    with _opened(archive) as tar:
        return read_manifest(_manifest_bytes(tar, archive), archive.name)


def unpack(archive: Path, folder: Path | None, stages: Stages) -> Manifest:
    """Unpacks the members into a folder, which must be empty, and compares each with its sum. Without a folder it only
    compares.

    Raises BackupFailed if the archive is damaged, cut off, of a newer version, or something else.
    """
    with (
        _opened(archive) as tar,
        TemporaryFile() as lines,
        stages("Reading the archive", archive.stat().st_size) as advance,
    ):
        data = _manifest_bytes(tar, archive)
        manifest = read_manifest(data, archive.name)
        lines.write(_line(MANIFEST, hashlib.sha256(data)))
        while (member := _next(tar, archive)).name != SUMS:
            target = _target(member, manifest, folder, archive)
            lines.write(_line(member.name, _copy(_content(tar, member, archive), target, advance)))
        lines.seek(0)
        _compare(lines, _content(tar, member, archive), archive)
        if tar.next() is not None:
            raise _damaged(archive)
        return manifest


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    """Turns what is wrong with the form of the archive, from opening to the end, into BackupFailed."""
    try:
        with archive.open("rb") as file:
            try:
                tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 closed with the file
            except tarfile.TarError:
                raise foreign(archive.name) from None
            yield tar
    except tarfile.TarError:
        raise _incomplete(archive) from None
    except OSError as error:
        raise BackupFailed(f"{archive} cannot be read: {error.strerror or error}.") from None


def _manifest_bytes(tar: tarfile.TarFile, archive: Path) -> bytes:
    member = tar.next()
    if member is None or member.name != MANIFEST or member.size > MOST_MANIFEST_BYTES:
        raise foreign(archive.name)
    return b"".join(_content(tar, member, archive))


def _next(tar: tarfile.TarFile, archive: Path) -> tarfile.TarInfo:
    # tarfile keeps every member in memory.
    tar.members = []  # type: ignore[attr-defined]
    member = tar.next()
    if member is None:
        raise _incomplete(archive)
    return member


def _target(member: tarfile.TarInfo, manifest: Manifest, folder: Path | None, archive: Path) -> Path | None:
    """Where a member is unpacked to. Names that no archive of chatapp has are refused, so that none leaves the
    folder."""
    name = member.name
    is_known = name == manifest.member or (
        _INSTANCE_FILE.fullmatch(name.removeprefix(INSTANCE))
        if name.startswith(INSTANCE)
        else name.startswith(UPLOADS) and KEY.fullmatch(name.removeprefix(UPLOADS))
    )
    if not is_known or not member.isreg():
        raise _damaged(archive, name)
    return None if folder is None else folder / name


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, archive: Path) -> Iterator[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise _damaged(archive, member.name)
    while piece := content.read(READ_BYTES):
        yield piece


def _copy(content: Iterable[bytes], target: Path | None, advance: Advance) -> "hashlib._Hash":
    digest = hashlib.sha256()
    with _created(target) as file:
        for piece in content:
            digest.update(piece)
            if file is not None:
                file.write(piece)
            advance(len(piece))
    return digest


@contextmanager
def _created(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file


def _line(name: str, digest: "hashlib._Hash") -> bytes:
    return sum_line(digest.hexdigest(), name).encode()


def _compare(computed: IO[bytes], content: Iterable[bytes], archive: Path) -> None:
    """Compares what was read with what the last member says. Raises BackupFailed that names the first difference."""
    with TemporaryFile() as stated:
        for piece in content:
            stated.write(piece)
        stated.seek(0)
        for ours, theirs in zip_longest(computed, stated):
            if ours != theirs:
                name = (ours or theirs or b"").decode("utf-8", "replace").strip().partition("  ")[2]
                raise _damaged(archive, name)


def _damaged(archive: Path, name: str = "") -> BackupFailed:
    what = f": {name} is not what was written" if name else ""
    return BackupFailed(f"{archive.name} is damaged{what}. Use another backup.")


def _incomplete(archive: Path) -> BackupFailed:
    return BackupFailed(f"{archive.name} is damaged or not complete: its end is missing. Use another backup.")
