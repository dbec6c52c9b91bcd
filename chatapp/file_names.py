"""The names of files: any Unicode, and no path."""

import unicodedata

from chatapp.blank_text import is_blank

NAME_BYTES = 255
"""Longest name, in bytes of UTF-8: what common file systems take."""

UNNAMED = "file"

_REPLACED = dict.fromkeys(map(ord, '/\\:*?"<>|'), "_")
"""What ends a name or a path on some system."""

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the direction of writing: with one, `photo_\\u202egnp.exe` is shown as `photo_exe.png`."""


def file_name(text: str) -> str:
    """A name that can be stored on any system: without a path, control characters, what turns the direction of writing,
    and dots at its ends, at most NAME_BYTES long, with its extension. UNNAMED if nothing visible is left."""
    name = text.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cs"))
    name = "".join(letter for letter in name if letter not in _TURNS)
    name = unicodedata.normalize("NFC", name).translate(_REPLACED).strip(". ")
    return UNNAMED if is_blank(name) else _shortened(name)


def _shortened(name: str) -> str:
    """Cuts the name before its extension."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    end = (dot + extension).encode()
    if not stem or len(end) > NAME_BYTES // 2:
        return name.encode()[:NAME_BYTES].decode(errors="ignore")
    return stem.encode()[: NAME_BYTES - len(end)].decode(errors="ignore") + end.decode()
