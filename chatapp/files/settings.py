"""The settings of files."""

import re
from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.setting_field import setting

_TYPE = re.compile(r"[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)")

LARGEST_FILE_BYTES = 1 << 40


def _types(given: str) -> tuple[str, ...]:
    found = tuple(part.strip().lower() for part in given.split(","))
    if not all(_TYPE.fullmatch(part) for part in found):
        raise ValueError
    return found


def _path(given: str) -> str:
    if not given.startswith("/") or not given.endswith("/"):
        raise ValueError
    return given


file_types = values.Type(_types, "types separated by commas, such as image/*,application/pdf")
inner_path = values.Type(_path, "a path that begins and ends with a slash, such as /stored-files/")


@dataclass(frozen=True)
class FileSettings:
    """What may be sent, and how it is handed out."""

    file_bytes: int = setting(
        "1073741824", "Largest file that people may send, in bytes", values.integer(1, LARGEST_FILE_BYTES)
    )
    user_file_bytes: int = setting(
        "10737418240",
        "All files that one person may have sent, in bytes. 0: no limit",
        values.integer(0, LARGEST_FILE_BYTES),
    )
    all_file_bytes: int = setting(
        "0", "All stored files together, in bytes. 0: no limit", values.integer(0, LARGEST_FILE_BYTES)
    )
    file_types: tuple[str, ...] = setting(
        "", "Types of files that people may send, such as `image/*,application/pdf`. Default: all", file_types
    )
    accel_redirect: str = setting(
        "",
        "Path under which nginx hands out the folder of stored files by X-Accel-Redirect, such as `/stored-files/`. "
        "Default: the process sends them itself",
        inner_path,
    )
