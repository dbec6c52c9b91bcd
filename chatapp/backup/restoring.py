"""Restores an archive into an installation whose servers are stopped."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from chatapp.backup.archive_reader import manifest_of, unpack
from chatapp.backup.destinations import fetched
from chatapp.backup.errors import BackupFailed
from chatapp.backup.instance_folder import ASIDE
from chatapp.backup.manifest import INSTANCE, UPLOADS, Manifest
from chatapp.backup.progress import Stages
from chatapp.backup.sqlite_target import SqliteTarget
from chatapp.backup.workspace import one_at_a_time, workspace
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.files.configured import FOLDER, storage_of
from chatapp.files.storage import KEY, StorageUnavailable
from chatapp.installation import installation_id
from chatapp.secret import secret_key
from chatapp.signing_keys import FILE as SIGNING_KEYS

UNPACKED = "unpacked"
OWNER = "restore"
"""What stands for the installation in the name of the workspace: whose it will be is not known yet."""

ServerLock = Callable[[], AbstractContextManager[None]]
"""Keeps servers from starting while inside. Raises BackupFailed if one runs."""


class Target(Protocol):
    """The database that is restored into."""

    kind: str
    name: str

    def require_unused(self) -> None: ...
    def has_data(self) -> bool: ...
    def prepare(self, member: Path, manifest: Manifest) -> None: ...
    def put(self, ending: str) -> list[str]: ...
    def clean(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Restored:
    """`moved_aside` names what was there before, under its new name. `files` counts what was put into the storage,
    previews too. `has_other_key`: the secret key that is in force is not that of the archive."""

    manifest: Manifest
    moved_aside: list[str]
    files: int
    has_other_key: bool


def check(settings: Settings, address: str, stages: Stages) -> Manifest:
    """Reads the whole archive and writes nothing but a download. Raises BackupFailed if it cannot be restored."""
    instance = Path(settings.instance)
    instance.mkdir(parents=True, exist_ok=True)
    with workspace(instance, OWNER) as folder:
        return unpack(fetched(settings, address, folder), None, stages)


def restore(settings: Settings, address: str, server_lock: ServerLock, stages: Stages, *, is_forced: bool) -> Restored:
    """Restores the archive at this path or address into the database, the storage and the instance folder that the
    settings name. `is_forced`: what is there is moved aside; otherwise nothing may be there.

    Raises BackupFailed. Until the whole archive was checked, nothing changes.
    """
    instance = Path(settings.instance)
    instance.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(instance), workspace(instance, OWNER) as folder:
        archive = fetched(settings, address, folder)
        manifest = manifest_of(archive)
        target = _target_of(settings)
        if target.kind != manifest.database:
            raise BackupFailed(
                f"The archive has a database of {manifest.database}, and CHATAPP_DATABASE_URL names {target.name}."
            )
        try:
            with server_lock():
                target.require_unused()
                if not is_forced:
                    _require_empty(target, instance, settings, manifest)
                unpack(archive, folder / UNPACKED, stages)
                return _put(settings, target, manifest, folder / UNPACKED, stages, is_forced=is_forced)
        except SQLAlchemyError as error:
            raise BackupFailed(f"The database cannot be used: {str(error).splitlines()[0]}") from error
        except StorageUnavailable as error:
            raise BackupFailed("The storage of files cannot be used.") from error
        except OSError as error:
            raise BackupFailed(f"{error.filename or instance} cannot be used: {error.strerror or error}.") from error
        finally:
            target.clean()


def _target_of(settings: Settings) -> Target:
    if settings.is_sqlite:
        path = Path(str(make_url(settings.database_url).database))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteTarget(path)
    from chatapp.backup.postgresql_target import PostgresqlTarget

    return PostgresqlTarget(settings.database_url)


def _require_empty(target: Target, instance: Path, settings: Settings, manifest: Manifest) -> None:
    found = [target.name] if target.has_data() else []
    if manifest.has_files and not settings.s3_bucket and _has_files(instance / FOLDER):
        found.append(str(instance / FOLDER))
    if found:
        raise _not_empty(found)


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(
        KEY.fullmatch(f"{path.parent.name}/{path.name}") for path in folder.glob("[0-9a-f][0-9a-f]/*")
    )


def _not_empty(found: list[str]) -> BackupFailed:
    return BackupFailed(f"There is something already: {', '.join(found)}. --force moves it aside and deletes nothing.")


def _put(
    settings: Settings, target: Target, manifest: Manifest, unpacked: Path, stages: Stages, *, is_forced: bool
) -> Restored:
    instance = Path(settings.instance)
    ending = f"{ASIDE}{now():%Y%m%dT%H%M%SZ}"
    conflicts = _conflicts(instance, unpacked / INSTANCE)
    if conflicts and not is_forced:
        raise _not_empty([str(path) for path in conflicts])
    target.prepare(unpacked / manifest.member, manifest)
    moved = target.put(ending)
    if manifest.has_files and not settings.s3_bucket and _has_files(instance / FOLDER):
        conflicts.append(instance / FOLDER)
    for path in conflicts:
        path.rename(aside := path.with_name(path.name + ending))
        moved.append(str(aside))
    for path in _listed(unpacked / INSTANCE):
        os.replace(path, instance / path.name)
    files = _put_files(settings, unpacked / UPLOADS, stages)
    os.sync()
    has_other_key = installation_id(secret_key(settings)) != manifest.installation
    return Restored(manifest, moved, files, has_other_key)


def _conflicts(instance: Path, unpacked: Path) -> list[Path]:
    """The files of the instance folder that the archive has with other content. Keys that sign tokens belong to the
    secret key, so that they make way also for none."""
    found = [
        path
        for new in _listed(unpacked)
        if (path := instance / new.name).exists() and path.read_bytes() != new.read_bytes()
    ]
    if (instance / SIGNING_KEYS).exists() and not (unpacked / SIGNING_KEYS).exists():
        found.append(instance / SIGNING_KEYS)
    return found


def _put_files(settings: Settings, unpacked: Path, stages: Stages) -> int:
    storage = storage_of(settings, Path(settings.instance))
    paths = [path for folder in _listed(unpacked) for path in _listed(folder)]
    with stages("Putting the files in place", sum(path.stat().st_size for path in paths)) as advance:
        for path in paths:
            size = path.stat().st_size
            storage.put(f"{path.parent.name}/{path.name}", path)
            advance(size)
    return len(paths)


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
