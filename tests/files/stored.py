"""Files to store, and their keys."""

import hashlib
from pathlib import Path


def key_of(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"{digest[:2]}/{digest}"


def source_of(folder: Path, data: bytes) -> Path:
    path = folder / "source"
    path.write_bytes(data)
    return path
