"""The settings of uploaded files. See `chatapp.config`."""

import re
from dataclasses import dataclass
from pathlib import Path

from chatapp import config_values as values
from chatapp.setting_field import setting

LARGEST_FILE_BYTES = 1 << 40

_TYPE = re.compile(r"[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


def _types(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().lower() for part in text.split(","))
    if not all(_TYPE.fullmatch(part) for part in found):
        raise ValueError
    return found


def _inner_path(text: str) -> str:
    if not text.startswith("/") or not text.endswith("/"):
        raise ValueError
    return text


def _bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise ValueError
    return text


def _prefix(text: str) -> str:
    found = text.strip("/")
    if not _PREFIX.fullmatch(found) or any(set(part) == {"."} for part in found.split("/")):
        raise ValueError
    return found


def _region(text: str) -> str:
    if not _PREFIX.fullmatch(text) or "/" in text:
        raise ValueError
    return text


def _clamd(text: str) -> str:
    if not text.startswith("/") and not (_ADDRESS.fullmatch(text) and 0 < int(text.rpartition(":")[2]) < 65_536):
        raise ValueError
    return text


BUCKET = values.Type(_bucket, "the name of a bucket: 3 to 63 small letters, digits, dots and hyphens")
PREFIX = values.Type(_prefix, "names separated by slashes, such as chat/files")
REGION = values.Type(_region, "the name of a region, such as eu-central-1")
CLAMD = values.Type(_clamd, "host:port, or the path of a socket such as /run/clamav/clamd.ctl")


FILE_TYPES = values.Type(_types, "types separated by commas, such as image/*,application/pdf")
INNER_PATH = values.Type(_inner_path, "a path that begins and ends with a slash, such as /stored-files/")


@dataclass(frozen=True)
class FileSettings:
    """What may be sent, where it is stored, and how it is handed out. Files are in the instance folder without
    `s3_bucket`; with it the endpoint and both keys are needed."""

    file_bytes: int = setting(
        "1073741824", "Largest file that people may send, in bytes", values.integer(1, LARGEST_FILE_BYTES)
    )
    user_file_bytes: int = setting(
        "10737418240",
        "All files that one person may have sent, in bytes. 0: no limit",
        values.integer(0, LARGEST_FILE_BYTES),
    )
    guest_file_bytes: int = setting(
        "0",
        "All files that one guest may have sent, in bytes. 0: as much as other people",
        values.integer(0, LARGEST_FILE_BYTES),
    )
    all_file_bytes: int = setting(
        "0", "All stored files together, in bytes. 0: no limit", values.integer(0, LARGEST_FILE_BYTES)
    )
    file_types: tuple[str, ...] = setting(
        "", "Types of files that people may send, such as `image/*,application/pdf`. Default: all", FILE_TYPES
    )
    accel_redirect: str = setting(
        "",
        "Path under which nginx hands out the folder of stored files by X-Accel-Redirect, such as `/stored-files/`. "
        "Default: the process sends them itself",
        INNER_PATH,
    )
    s3_bucket: str = setting(
        "",
        "Bucket that uploaded files are stored in, by S3's protocol. Default: none; they are in `uploads/` of the "
        "instance folder",
        BUCKET,
    )
    s3_endpoint: str = setting("", "Address of that storage, which a bucket needs. Default: none", values.web_url)
    s3_region: str = setting("us-east-1", "Its region; storages other than Amazon's mostly take any", REGION)
    s3_access_key: str = setting("", "Name of the key that opens the bucket, which needs it. Default: none")
    s3_secret_key: str = setting("", "The secret of that key. Default: what the file says", secret=True)
    s3_secret_key_file: str = setting("", "File that has the secret instead. Default: none")
    s3_prefix: str = setting("", "What the names of all objects begin with. Default: nothing", PREFIX)
    clamd: str = setting(
        "",
        "Scanner that looks at files before anybody gets them: `host:port` or the socket of a ClamAV daemon. Default: "
        "none, and no file is scanned",
        CLAMD,
    )


def missing_for_files(settings: FileSettings) -> str | None:
    """The sentence that says which setting a bucket of uploaded files lacks."""
    return missing_for_bucket(settings, "CHATAPP_S3_BUCKET") if settings.s3_bucket else None


def missing_for_bucket(settings: FileSettings, variable: str) -> str | None:
    """The sentence that says which setting a bucket lacks that `variable` names."""
    for name in ("s3_endpoint", "s3_access_key"):
        if not getattr(settings, name):
            return f"{variable} needs CHATAPP_{name.upper()} too."
    if settings.s3_secret_key or Path(settings.s3_secret_key_file).is_file():
        return None
    if settings.s3_secret_key_file:
        return f"CHATAPP_S3_SECRET_KEY_FILE cannot be {settings.s3_secret_key_file}: there is no such file."
    return f"{variable} needs CHATAPP_S3_SECRET_KEY or CHATAPP_S3_SECRET_KEY_FILE too."
