"""Password hashes: argon2id with the library's parameters (RFC 9106, low-memory profile), computed in a thread pool.

And which passwords are too common to be used.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatapp.errors import PasswordCommon, Unavailable
from chatapp.eventloop.thread_pool import BACKGROUND_SECONDS, run_in_background, run_in_thread
from chatapp.payload_fields import SHORTEST_PASSWORD

Result = TypeVar("Result")

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """A salted hash in PHC string format, which contains the parameters. Raises Unavailable."""
    return _computed(_hasher.hash, password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password matches the hash.

    Without a hash it takes as long and returns False: response times must not reveal which usernames exist.
    Raises Unavailable.
    """
    return _computed(_verify, password, password_hash or _dummy_hash()) and password_hash is not None


def _computed(call: Callable[..., Result], *args: str) -> Result:
    try:
        return run_in_background(call, *args)
    except TimeoutError as error:
        sentence = "Too many people sign in at once. Please wait and try again."
        raise Unavailable(sentence, retryAfter=BACKGROUND_SECONDS) from error


def _dummy_hash() -> str:
    """A hash that no password has, and that costs as much to verify as a real one."""
    parameters = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    # 16 bytes of salt and 32 of hash, all zero, in base64.
    return f"$argon2id$v=19${parameters}${'A' * 22}${'A' * 43}"


def renewed_hash(password: str, password_hash: str) -> str | None:
    """A new hash of a password if its hash has other parameters than a new one has now, else None."""
    return hash_password(password) if _hasher.check_needs_rehash(password_hash) else None


def require_uncommon(password: str, *names: str) -> None:
    """Raises PasswordCommon for a password that is on the list of common ones, or whose letters are one of these names,
    of the user or of the system. Case does not count."""
    folded = _folded(password)
    letters = _letters_of(folded)
    if letters and letters in {_letters_of(_folded(name)) for name in (*names, "chatapp")}:
        raise PasswordCommon("This password is your name or that of the system. Please choose another.")
    if run_in_thread(_is_common, folded):
        raise PasswordCommon("This password is one of those that are guessed first. Please choose another.")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters_of(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)


def _is_common(folded: str) -> bool:
    return folded in _common_passwords()


@cache
def _common_passwords() -> frozenset[str]:
    """Those of zxcvbn's 30,000 that are long enough, most of which are from leaks."""
    # The module alone: importing the package builds dictionaries of 14 MB, which nothing here uses.
    package = find_spec("zxcvbn")
    assert package is not None  # noqa: S101 one of the requirements
    spec = spec_from_file_location("frequency_lists", Path(package.origin or "").with_name("frequency_lists.py"))
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    return frozenset(one for one in lists.FREQUENCY_LISTS["passwords"] if len(one) >= SHORTEST_PASSWORD)


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
