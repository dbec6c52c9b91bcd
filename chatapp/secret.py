"""The key that signs tokens: configured, or generated once for an installation."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from chatapp.config import BadSetting, Settings
from chatapp.durable_files import sync, write_new

KEY_BYTES = 32
"""256 bits, the size of HS256's hash (RFC 7518 section 3.2)."""
SHORTEST_KEY_CHARACTERS = 32
"""That of a configured key."""


def secret_key(settings: Settings) -> str:
    """The configured key, or the key in the instance folder, which is generated if it is missing (mode 0600).

    Raises BadSetting if the folder cannot be used, or the file has no key.
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
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)
    path = folder / "secret_key"
    if not path.exists():
        _generate(path)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY_CHARACTERS:
        # An empty key, as earlier versions could leave after a power loss, would let anybody make tokens.
        raise BadSetting(
            f"CHATAPP_INSTANCE: {path} has no key of {SHORTEST_KEY_CHARACTERS} characters or more. "
            "Restore it from a backup, or delete it: then everybody has to sign in again."
        )
    return key


def _generate(path: Path) -> None:
    """Two processes may start at the same time: each writes its own file, and the first to link it as `path` wins."""
    # The process id alone is not unique: in containers that share the folder each process may have id 1.
    own = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        write_new(own, secrets.token_hex(KEY_BYTES))
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink(missing_ok=True)
    sync(path.parent)
