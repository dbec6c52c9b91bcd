"""Password hashes: argon2id with the library's parameters (RFC 9106, low-memory profile), computed in a thread pool."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatapp.eventloop.thread_pool import run_in_thread

_hasher = PasswordHasher()
_DUMMY_HASH = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"  # 16 bytes of salt and 32 of hash, all zero, in base64
)
"""A hash that no password has, and that costs as much to verify as a real one."""


def hash_password(password: str) -> str:
    """A salted hash in PHC string format, which contains the parameters."""
    return run_in_thread(_hasher.hash, password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password matches the hash.

    Without a hash it takes as long and returns False: response times must not reveal which usernames exist.
    """
    return run_in_thread(_verify, password, password_hash or _DUMMY_HASH) and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
