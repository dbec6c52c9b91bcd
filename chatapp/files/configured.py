"""The storage and the scanner that the settings ask for."""

from pathlib import Path

from chatapp.files.bucket import Bucket
from chatapp.files.local_storage import LocalStorage
from chatapp.files.s3_storage import S3Storage
from chatapp.files.scanner import Scanner
from chatapp.files.settings import FileSettings
from chatapp.files.storage import Storage

FOLDER = "uploads"


def storage_of(settings: FileSettings, instance: Path) -> Storage:
    """A bucket, if the settings name one, else a folder of the instance folder.

    Raises S3Missing if the package for S3 is not installed, and OSError if the file of the secret cannot be read.
    """
    if not settings.s3_bucket:
        return LocalStorage(instance / FOLDER)
    return S3Storage(bucket_of(settings, settings.s3_bucket, settings.s3_prefix))


def bucket_of(settings: FileSettings, name: str, prefix: str) -> Bucket:
    """A bucket of the storage that the settings name. Raises OSError if the file of the secret cannot be read."""
    return Bucket(
        settings.s3_endpoint,
        settings.s3_region,
        name,
        settings.s3_access_key,
        settings.s3_secret_key or Path(settings.s3_secret_key_file).read_text().strip(),
        prefix,
    )


def scanner_of(settings: FileSettings) -> Scanner | None:
    """The scanner; None if no file is scanned."""
    return Scanner(settings.clamd) if settings.clamd else None
