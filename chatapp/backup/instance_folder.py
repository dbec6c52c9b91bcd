"""The files of the instance folder that another machine needs: keys, `config.py`, the files of providers and of the
directory, and what lies beside them, such as certificates."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from chatapp.config import Settings
from chatapp.signing_keys import FILE as SIGNING_KEYS

MOST_BYTES = 1 << 20
"""Larger files are no configuration."""

ASIDE = ".before-"
"""In the names of what a restore has moved aside, before the time."""

_LEFT_OUT = re.compile(r"\..*|.*\.(log|lock|sockets|tar|gz|zip|db|pid|sock)(-wal|-shm|-journal)?|.*~|README\.md")
_TEMPORARY = re.compile(rf"({SIGNING_KEYS}|secret_key)\.\d+\.[0-9a-f]{{8}}")


def files_of(settings: Settings) -> Iterator[Path]:
    """The files, by name: regular ones directly in the folder, of MOST_BYTES at most, without the database, locks, logs
    and archives."""
    database = _database_files(settings)
    for path in sorted(Path(settings.instance).iterdir()):
        if path.is_file() and not _is_left_out(path.name, database) and path.stat().st_size <= MOST_BYTES:
            yield path


def named_elsewhere(settings: Settings) -> list[str]:
    """The files outside of the folder that settings name. They are not in an archive, since the settings of the other
    machine say where they belong."""
    folder = Path(settings.instance)
    named = {
        "CHATAPP_OIDC": settings.oidc,
        "CHATAPP_LDAP": settings.ldap,
        "CHATAPP_S3_SECRET_KEY_FILE": settings.s3_secret_key_file,
    }
    return [
        f"{path}, which {name} names" for name, path in named.items() if path and Path(path).resolve().parent != folder
    ]


def _is_left_out(name: str, database: str | None) -> bool:
    is_database = database is not None and name.startswith(database)
    return is_database or ASIDE in name or bool(_LEFT_OUT.fullmatch(name) or _TEMPORARY.fullmatch(name))


def _database_files(settings: Settings) -> str | None:
    """How the names of SQLite's files begin, if they are in the folder."""
    path = make_url(settings.database_url).database if settings.is_sqlite else None
    return Path(path).name if path and Path(path).resolve().parent == Path(settings.instance) else None
