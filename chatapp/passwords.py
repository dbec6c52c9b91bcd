"""Password hashes: argon2id with the library's parameters (RFC 9106, low-memory profile), computed in a thread pool."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatapp.eventloop.thread_pool import run_in_thread

_hasher = PasswordHasher()
_NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"  # 16 bytes of salt and 32 of hash, all zero, in base64
)
"""A hash that is no password's, and costs as much to look at as one that is."""


def hash_password(password: str) -> str:
    """A salted hash in PHC string form, which names its own parameters."""
    return run_in_thread(_hasher.hash, password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the account's. Without an account it takes as long, so that time tells nobody which names exist."""
    return run_in_thread(_verify, password, password_hash or _NOBODY) and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
