"""Makes an archive while people chat."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect

from chatapp.actions.deletion_hold import held
from chatapp.backup.archive_writer import ArchiveWriter
from chatapp.backup.database_state import DatabaseState, listed_files
from chatapp.backup.destinations import Destination
from chatapp.backup.errors import BackupFailed
from chatapp.backup.instance_folder import files_of
from chatapp.backup.manifest import INSTANCE, MANIFEST, MEMBERS, UPLOADS, Manifest, new_manifest
from chatapp.backup.progress import Advance, Stages, silently
from chatapp.backup.snapshot import take_snapshot
from chatapp.backup.workspace import one_at_a_time, workspace
from chatapp.clock import now, to_iso
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.files import keys
from chatapp.files.configured import storage_of
from chatapp.files.storage import NotStored, Storage, StorageUnavailable
from chatapp.journal import Journal

PART = "archive.part"


@dataclass(frozen=True, slots=True)
class Made:
    """`place` is the address of the archive, `size` its length in bytes. `missing` and `damaged` are the keys of
    uploaded files that the database names and that are not stored, or not with the bytes of their hash."""

    place: str
    size: int
    manifest: Manifest
    missing: list[str]
    damaged: list[str]


def make_backup(
    settings: Settings,
    journal: Journal,
    installation: str,
    destination: Destination,
    name: str,
    stages: Stages,
    *,
    has_files: bool,
) -> Made:
    """Makes an archive of this name at the destination, in the context of an application. `has_files`: the uploaded
    files are in it.

    Raises BackupFailed, and then leaves nothing there.
    """
    instance = Path(settings.instance)
    with ExitStack() as stack:
        stack.enter_context(one_at_a_time(instance))
        folder = stack.enter_context(workspace(destination.staging(instance), installation))
        if has_files and inspect(db.engine).has_table("blob"):
            # A database of an older version may have no files, and no table for the hold.
            stack.enter_context(held(journal))
        db.session.remove()
        created_at = to_iso(now())
        state = take_snapshot(settings, folder, stages)
        manifest = _manifest(settings, state, created_at, installation, has_files=has_files)
        try:
            size, missing, damaged = _write(settings, folder, state, manifest, stages)
        except OSError as error:
            raise BackupFailed(f"The archive cannot be written: {error.strerror or error}.") from error
        except StorageUnavailable as error:
            raise BackupFailed("The storage of files cannot be used.") from error
        return Made(destination.put(folder / PART, name), size, manifest, missing, damaged)


def _manifest(
    settings: Settings, state: DatabaseState, created_at: str, installation: str, *, has_files: bool
) -> Manifest:
    return new_manifest(
        revision=state.revision,
        created_at=created_at,
        installation=installation,
        database="sqlite" if settings.is_sqlite else "postgresql",
        rows=state.rows,
        files=state.file_count,
        file_bytes=state.file_bytes,
        has_files=has_files,
    )


def _write(
    settings: Settings, folder: Path, state: DatabaseState, manifest: Manifest, stages: Stages
) -> tuple[int, list[str], list[str]]:
    """Writes the archive into the folder. Returns its size in bytes, and the keys that are missing and damaged."""
    missing: list[str] = []
    damaged: list[str] = []
    member = folder / MEMBERS[manifest.database]
    with ArchiveWriter(folder / PART) as archive:
        archive.add_bytes(MANIFEST, manifest.to_json())
        with stages("Adding the database", member.stat().st_size) as advance:
            archive.add_file(member.name, member, advance)
        member.unlink()
        with silently("", 0) as advance:
            for path in files_of(settings):
                archive.add_file(INSTANCE + path.name, path, advance)
        if manifest.has_files:
            storage = storage_of(settings, Path(settings.instance))
            with stages("Adding the uploaded files", manifest.file_bytes) as advance:
                _add_files(archive, storage, state, missing, damaged, advance)
        return archive.finish(), missing, damaged


def _add_files(
    archive: ArchiveWriter,
    storage: Storage,
    state: DatabaseState,
    missing: list[str],
    damaged: list[str],
    advance: Advance,
) -> None:
    for blob_hash, _size, previews in listed_files(state.files):
        for key in keys.all_of(blob_hash, previews):
            try:
                found = archive.add_stored(UPLOADS + key, storage, key, advance)
            except NotStored:
                missing.append(key)
                continue
            if key == keys.key_of(blob_hash) and found != blob_hash:
                damaged.append(key)
