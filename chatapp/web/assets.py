"""The client's static files: read once, named by a hash of all of them, compressed once."""

import gzip
import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static"

MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
COMPRESSIBLE = {".js", ".css", ".json", ".map", ".svg", ".webmanifest"}
VERSION_HEX_DIGITS = 12

SOURCES = "js/"
"""The modules as they are written. Browsers load what `bundle.py` makes of them."""

SHEETS = {
    "first": (
        *("tokens", "base", "controls", "states", "people", "signin"),
        *("sidebar", "conversation", "message", "messagestate", "forcedcolors"),
    ),
    "signedin": ("markdown", "formatting", "personal", "mentions", "files"),
    "dialogs": (
        *("dialog", "chooser", "details", "messagedialogs", "palette", "account"),
        *("administration", "notifications", "gallery", "sending"),
    ),
}
"""Style sheets that are loaded together, in their order. They are sent as one: each request would delay the page."""
FIRST_SHEET = "css/first.css"


@dataclass(frozen=True)
class Asset:
    """One file, as it is sent."""

    name: str
    body: bytes

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def compressed(self) -> bytes | None:
        """The body in gzip, or None where that gains nothing (fonts and pictures are compressed already)."""
        return gzip.compress(self.body, 9, mtime=0) if self.suffix in COMPRESSIBLE else None


class AssetLibrary:
    """Every static file under `folder`, in memory. `version` changes when any of them does. `base` is what comes before
    the path of every address."""

    def __init__(self, folder: Path = FOLDER, base: str = "") -> None:
        self._base = base
        self._files = _with_joined_sheets(_with_whole_catalogues({asset.name: asset for asset in _read(folder)}))
        self.version = _version(self._files)

    def get(self, name: str) -> Asset | None:
        return self._files.get(name)

    def url(self, name: str) -> str:
        """The address of a file; the version in it lets a browser keep the file for good."""
        return f"{self._base}/assets/{self.version}/{name}"

    def names(self, folder: str, suffix: str) -> list[str]:
        return [name for name in self._files if name.startswith(folder) and name.endswith(suffix)]


def _read(folder: Path) -> list[Asset]:
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return [Asset(name, path.read_bytes()) for name, path in found.items() if not name.startswith((SOURCES, "."))]


def _with_joined_sheets(files: dict[str, Asset]) -> dict[str, Asset]:
    """Joins style sheets. They are in one folder, so the addresses in them stay right."""
    found = dict(files)
    for sheet, styles in SHEETS.items():
        parts = [found.pop(name) for name in (f"css/{style}.css" for style in styles) if name in found]
        name = f"css/{sheet}.css"
        found[name] = Asset(name, b"".join(part.body for part in parts))
    return found


def _with_whole_catalogues(files: dict[str, Asset]) -> dict[str, Asset]:
    """Lays each catalogue of sentences over the English one, so that a page says in English what its language lacks."""
    return {name: _whole(asset, files) if name.startswith("locales/") else asset for name, asset in files.items()}


def _whole(asset: Asset, files: dict[str, Asset]) -> Asset:
    source = files.get(re.sub(r"^locales/[^.]+", "locales/en", asset.name))
    if source is None or source is asset:
        return asset
    sentences = _laid_over(json.loads(asset.body), json.loads(source.body))
    return Asset(asset.name, json.dumps(sentences, ensure_ascii=False).encode())


def _laid_over(sentences: Any, source: Any) -> Any:
    if not isinstance(source, dict):
        return sentences
    return {key: _laid_over(sentences[key], value) if key in sentences else value for key, value in source.items()}


def _version(files: dict[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(f"{name}\0{len(asset.body)}\0".encode())
        digest.update(asset.body)
    return digest.hexdigest()[:VERSION_HEX_DIGITS]
