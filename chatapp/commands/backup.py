"""`chatapp backup` and `chatapp restore`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import click

from chatapp.commands.installation import application

if TYPE_CHECKING:
    from chatapp.backup.destinations import Destination
    from chatapp.backup.making import Made
    from chatapp.backup.restoring import Restored
    from chatapp.config import Settings

MOST_SHOWN = 10


@click.command()
@click.argument("file", required=False, type=click.Path())
@click.option("--to", metavar="PLACE", help="Folder or s3://bucket/prefix; the archive is named by the time.")
@click.option("--keep", type=click.IntRange(1), help="How many backups stay at that place; older ones are deleted.")
@click.option(
    "--files/--no-files",
    "has_files",
    default=None,
    help="Whether uploaded files are in the archive. Default: those of the instance folder are, those of a bucket not.",
)
def backup(file: str | None, to: str | None, keep: int | None, has_files: bool | None) -> None:
    """Make an archive of the database, the uploaded files and the keys. A server may run meanwhile.

    Without FILE and --to it goes where CHATAPP_BACKUP_TO says. It holds secrets: only its owner may read it.
    """
    from chatapp.backup.destinations import keep_newest, new_name
    from chatapp.backup.instance_folder import named_elsewhere
    from chatapp.backup.making import make_backup

    if file is not None and (to or keep):
        raise click.UsageError("Say either FILE, or --to and --keep.")
    with _ended_by_sigterm(), application() as app:
        settings = app.extensions["chatapp.settings"]
        installation = app.extensions["chatapp.installation"]
        destination, name = _place_of(settings, file, to, new_name(installation))
        made = make_backup(
            settings,
            app.extensions["chatapp.journal"],
            installation,
            destination,
            name,
            _bars,
            has_files=not settings.s3_bucket if has_files is None else has_files,
        )
        deleted = _kept_count(settings, file, to, keep)
        gone = keep_newest(destination, installation, deleted) if deleted else []
        _report(made, named_elsewhere(settings), len(gone))


def _place_of(settings: "Settings", file: str | None, to: str | None, name: str) -> tuple["Destination", str]:
    from pathlib import Path

    from chatapp.backup.destinations import Folder, destination_of

    if file is not None:
        path = Path(file).absolute()
        if path.exists():
            raise click.ClickException(f"{file} exists already. A backup overwrites nothing.")
        return Folder(path.parent), path.name
    place = to or settings.backup_to
    if not place:
        raise click.UsageError("Say where to: FILE, --to, or the setting CHATAPP_BACKUP_TO.")
    return destination_of(settings, place), name


def _kept_count(settings: "Settings", file: str | None, to: str | None, keep: int | None) -> int | None:
    """How many archives are kept; None for all. The setting is about its own place."""
    if file is not None:
        return None
    return keep if keep is not None or to else settings.backup_keep


def _report(made: "Made", elsewhere: list[str], deleted: int) -> None:
    manifest = made.manifest
    files = f"{manifest.files:,} uploaded files" + ("" if manifest.has_files else " listed and not included")
    click.echo(f"{made.place}\t{made.size:,} bytes\t{sum(manifest.rows.values()):,} rows\t{files}")
    if deleted:
        click.echo(f"Deleted: {deleted:,} older backups.")
    for path in elsewhere:
        click.echo(f"Not in the archive: {path}.", err=True)
    for what, found in (("missing", made.missing), ("damaged", made.damaged)):
        for key in found[:MOST_SHOWN]:
            click.echo(f"{what}\t{key}", err=True)
        if found:
            click.echo(f"Uploaded files that are {what}: {len(found):,}. `chatapp db check` says more.", err=True)


@contextmanager
def _bars(name: str, length: int) -> Iterator[Callable[[int], None]]:
    """Shows a bar on a terminal, and nothing elsewhere."""
    if not sys.stdout.isatty():
        yield lambda _count: None
        return
    with click.progressbar(length=length, label=name) as bar:
        yield bar.update


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Lets SIGTERM end the command as Ctrl-C does, so that what is half done is removed."""
    import signal

    def end(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.command()
@click.argument("archive", metavar="FILE")
@click.option("--check", "only_checks", is_flag=True, help="Only read the archive and compare every byte.")
@click.option("--force", "is_forced", is_flag=True, help="Move aside what is there.")
def restore(archive: str, only_checks: bool, is_forced: bool) -> None:
    """Restore a backup, a file or s3://bucket/prefix/name, into this installation. No server may run.

    The whole archive is checked first. Where there is a database or files already, nothing is done without --force,
    which moves them aside and deletes nothing.
    """
    from chatapp.backup.restoring import check, restore
    from chatapp.config import load

    settings = load()
    with _ended_by_sigterm():
        if only_checks:
            manifest = check(settings, archive, _bars)
            click.echo(f"The archive is complete: made {manifest.created_at} by chatapp {manifest.version}.")
            return
        _report_restored(restore(settings, archive, _server_lock(settings), _bars, is_forced=is_forced), settings)


def _server_lock(settings: "Settings") -> Callable[[], AbstractContextManager[None]]:
    """Keeps servers from starting on the SQLite file, and finds those that run."""
    from chatapp.backup.errors import BackupFailed
    from chatapp.config import BadSetting
    from chatapp.realtime.process_lock import lock_sockets

    @contextmanager
    def locked() -> Iterator[None]:
        try:
            release = lock_sockets(settings)
        except BadSetting:
            raise BackupFailed("A server runs on this database. Stop it first.") from None
        try:
            yield
        finally:
            release()

    return locked


def _report_restored(restored: "Restored", former: "Settings") -> None:
    from chatapp.config import load
    from chatapp.migrations import newest_revision

    manifest = restored.manifest
    for place in restored.moved_aside:
        click.echo(f"Moved aside: {place}")
    click.echo(f"Restored: {sum(manifest.rows.values()):,} rows and {restored.files:,} stored files.")
    if not manifest.has_files and manifest.files:
        click.echo("The uploaded files are not in the archive. `chatapp files check` says which are missing.", err=True)
    if restored.has_other_key:
        click.echo("CHATAPP_SECRET_KEY is another one than before: everybody has to sign in again.", err=True)
    if manifest.revision != newest_revision():
        click.echo("The database is of an older version. `chatapp serve` or `chatapp db upgrade` brings it up to date.")
    if load().database_url != former.database_url:
        click.echo("The restored config.py names another database than the one that was restored.", err=True)
