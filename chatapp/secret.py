"""The key that signs tokens: configured, or generated once for an installation."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from chatapp.config import BadSetting, Settings

KEY_BYTES = 32
"""256 bits, the size of HS256's hash (RFC 7518 section 3.2)."""


def secret_key(settings: Settings) -> str:
    """The configured key, or the key in the instance folder, which is generated if it is missing (mode 0600).

    Raises BadSetting if the folder cannot be used.
    """
    if settings.secret_key:
        return settings.secret_key
    try:
        return _read_or_generate(Path(settings.instance))
    except OSError as error:
        raise BadSetting(f"CHATAPP_INSTANCE cannot be {settings.instance!r}: {error.strerror}.") from None


def derived_key(key: str, purpose: str) -> bytes:
    """32 bytes for one purpose. Whoever learns them learns neither the key nor what it gives for another purpose."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def cipher_of(derived: bytes) -> Fernet:
    """Encrypts what is stored, with a derived key."""
    return Fernet(base64.urlsafe_b64encode(derived))


def _read_or_generate(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        _generate(path)
    return path.read_text().strip()


def _generate(path: Path) -> None:
    """Two processes may start at the same time: each writes its own file, and the first to link it as `path` wins."""
    # The process id alone is not unique: in containers that share the folder each process may have id 1.
    own = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
