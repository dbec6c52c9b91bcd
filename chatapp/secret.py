"""The key that signs tokens: configured, or made once for an installation."""

import os
import secrets
from pathlib import Path

from chatapp.config import BadSetting, Settings

KEY_BYTES = 32
"""256 bits, as many as HS256's hash has (RFC 7518 section 3.2)."""


def secret_key(settings: Settings) -> str:
    """The configured key, or the one in the instance folder, which is made if there is none (mode 0600).

    Raises BadSetting for a folder that cannot be used."""
    if settings.secret_key:
        return settings.secret_key
    try:
        return _key_of(Path(settings.instance))
    except OSError as error:
        raise BadSetting(f"CHATAPP_INSTANCE cannot be {settings.instance!r}: {error.strerror}.") from None


def _key_of(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Two processes may start at once: each writes a file of its own, the first to link it in has made the key."""
    # Not named after the process alone: in containers that share the folder each may be number 1.
    own = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
