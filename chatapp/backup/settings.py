"""The settings of scheduled backups. See `chatapp.config`."""

from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.backup.places import BUCKET_SCHEME, bucket_and_prefix
from chatapp.files.settings import FileSettings, missing_for_bucket
from chatapp.setting_field import setting


def _place(text: str) -> str:
    if text.startswith(BUCKET_SCHEME):
        bucket_and_prefix(text)
    elif not text.startswith("/"):
        raise ValueError
    return text.rstrip("/") or "/"


def _hours(text: str) -> float:
    hours = float(text)
    if not 0.001 <= hours <= 8760:
        raise ValueError
    return hours


PLACE = values.Type(_place, "a folder such as /var/backups/chat, or s3://bucket/prefix")
HOURS = values.Type(_hours, "a number of hours from 0.001 to 8760")


@dataclass(frozen=True)
class BackupSettings(FileSettings):
    """Where backups are made to, how often, and how many are kept. A bucket is in the storage of `s3_endpoint`."""

    backup_to: str = setting(
        "",
        "Folder or `s3://bucket/prefix` that backups are made to, by a server and by `chatapp backup`. Default: none, "
        "and no server makes any",
        PLACE,
    )
    backup_hours: float = setting("24", "Hours between two backups of a server", HOURS)
    backup_keep: int = setting(
        "7", "How many backups stay there; older ones are deleted after a new one", values.integer(1, 10_000)
    )


def missing_for_backups(settings: BackupSettings) -> str | None:
    """The sentence that says which setting a bucket of backups lacks."""
    if not settings.backup_to.startswith(BUCKET_SCHEME):
        return None
    return missing_for_bucket(settings, "CHATAPP_BACKUP_TO")
