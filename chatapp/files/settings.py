"""The settings of uploaded files. See `chatapp.config`."""

import re
from dataclasses import dataclass
from pathlib import Path

from chatapp import config_values as values
from chatapp.setting_field import setting

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


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


@dataclass(frozen=True)
class FileSettings:
    """Files are in the instance folder without `s3_bucket`; with it the endpoint and both keys are needed."""

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
    """The sentence that says which setting a bucket lacks."""
    if not settings.s3_bucket:
        return None
    for name in ("s3_endpoint", "s3_access_key"):
        if not getattr(settings, name):
            return f"CHATAPP_S3_BUCKET needs CHATAPP_{name.upper()} too."
    if settings.s3_secret_key or Path(settings.s3_secret_key_file).is_file():
        return None
    if settings.s3_secret_key_file:
        return f"CHATAPP_S3_SECRET_KEY_FILE cannot be {settings.s3_secret_key_file}: there is no such file."
    return "CHATAPP_S3_BUCKET needs CHATAPP_S3_SECRET_KEY or CHATAPP_S3_SECRET_KEY_FILE too."
