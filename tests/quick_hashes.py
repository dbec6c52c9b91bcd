"""Hashes of passwords that cost little. A real one takes a tenth of a second."""

from argon2 import PasswordHasher

from chatapp import passwords


def hash_quickly() -> None:
    """Hashes all passwords of this process at a small cost."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
