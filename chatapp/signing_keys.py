"""The keys that sign tokens. Another key takes over without signing anybody out: the one before it is accepted for as
long as a token of it can live."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chatapp.clock import monotonic, now
from chatapp.config import Settings
from chatapp.durable_files import sync, write_new
from chatapp.secret import KEY_BYTES

FILE = "signing_keys"
LOOK_EVERY_SECONDS = 1.0
"""How soon a running process notices that the file has changed."""
KID_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`kid` names the key in a token's header (RFC 7515 section 4.1.4). `replaced_at`: seconds since 1970, when another
    key took over; None for the one that signs."""

    kid: str
    secret: str
    replaced_at: float | None = None


class KeyRing:
    """The keys of the setting, else those in the instance folder, else the installation's secret key alone."""

    def __init__(self, settings: Settings, secret_key: str) -> None:
        self._lifetime = settings.token_seconds
        self._path = Path(settings.instance) / FILE
        self._is_fixed = bool(settings.signing_keys)
        self._first = SigningKey(kid_of(secret_key), secret_key)
        self._seen: tuple[int, int] | None = None
        self._looked_at = monotonic()
        self._keys = [SigningKey(kid_of(key), key) for key in settings.signing_keys] or self._read()

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._current_keys()[0]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The kids of the keys whose tokens are valid. Another list means another result of checking a token."""
        oldest = now().timestamp() - self._lifetime
        return tuple(key.kid for key in self._current_keys() if key.replaced_at is None or key.replaced_at > oldest)

    def secret_of(self, kid: str | None) -> str | None:
        """The secret of an accepted key; None for any other. Tokens of older versions have no kid, and are signed by
        the installation's secret key."""
        wanted = kid or self._first.kid
        found = next((key for key in self._current_keys() if key.kid == wanted), None)
        return found.secret if found is not None and wanted in self.accepted else None

    def _current_keys(self) -> list[SigningKey]:
        if not self._is_fixed and monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            if self._stamp() != self._seen:
                self._keys = self._read()
        return self._keys

    def _read(self) -> list[SigningKey]:
        self._seen = self._stamp()
        return keys_in(self._path) or [self._first]

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino


def kid_of(secret: str) -> str:
    """A name of a key that does not tell what it is."""
    return hashlib.sha256(f"chatapp signing key {secret}".encode()).hexdigest()[:KID_CHARACTERS]


def keys_in(path: Path) -> list[SigningKey]:
    """The keys of a file, the one that signs first; none if there is no file."""
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    return [SigningKey(**row) for row in rows]


def rotate(settings: Settings, secret_key: str, *, at_once: bool) -> str:
    """Makes another key, which signs from now on, and returns its kid. `at_once`: tokens of all earlier keys are
    invalid; otherwise they stay valid as long as they would have been."""
    path = Path(settings.instance) / FILE
    with _locked(path):
        at = now()
        oldest = (at - timedelta(seconds=settings.token_seconds)).timestamp()
        earlier = keys_in(path) or [SigningKey(kid_of(secret_key), secret_key)]
        replaced = [SigningKey(key.kid, key.secret, key.replaced_at or at.timestamp()) for key in earlier]
        kept = [] if at_once else [key for key in replaced if key.replaced_at and key.replaced_at > oldest]
        secret = secrets.token_hex(KEY_BYTES)
        _write(path, [SigningKey(kid_of(secret), secret), *kept])
        return kid_of(secret)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two commands at the same time would lose the key of one."""
    with open(path.with_name(FILE + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, keys: list[SigningKey]) -> None:
    """Replaces the file in one step, so that a process that reads it finds the old keys or the new ones."""
    own = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    write_new(own, json.dumps([asdict(key) for key in keys]))
    own.replace(path)
    # Otherwise a power loss could bring back keys that were replaced because somebody knows them.
    sync(path.parent)
