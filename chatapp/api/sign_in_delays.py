"""Failed sign-ins make the next one wait, longer each time: by account and address together, and by address alone.

Never by account alone: whoever guesses a person's password would keep that person out from every other address. Codes
of the second factor are the exception, since only who knows the password can guess them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string

from chatapp.clock import monotonic, now
from chatapp.errors import TooManyAttempts, WrongCredentials, WrongPassword
from chatapp.sign_in_errors import WrongCode

FREE_FAILURES = 10
"""Failures of one account at one address that cost no waiting."""
LONGEST_DELAY_SECONDS = 900
FORGOTTEN_SECONDS = 86_400
"""From the first failure on. A sign-in that succeeds makes those of its account and address forgotten at once."""
MEMORY_SECONDS = 10.0
"""For how long failures are counted in this process after Redis did not answer."""
IPV6_NETWORK_BITS = 64
"""What one customer has at least. With single addresses counted, an attacker would have 2^64 of them."""


class SignInDelays:
    """`address_failures`: failures at one address, of any accounts, that cost no waiting; 0 for any number."""

    def __init__(self, storage_uri: str, address_failures: int) -> None:
        self._memory = MemoryStorage()
        self._shared: Any = None
        if not storage_uri.startswith("memory"):
            self._shared = storage_from_string(storage_uri, wrap_exceptions=True)
        self._memory_until = 0.0
        self._address_failures = address_failures

    @contextmanager
    def attempt(self, username: str, address: str, *, has_code: bool = False) -> Iterator[None]:
        """Raises TooManyAttempts while the account or the address has to wait. WrongCredentials and WrongPassword,
        raised within, are failures that count.

        With a code WrongCode also counts by account alone: who guesses codes knows the password, and six digits are few
        for somebody who has many addresses.
        """
        network = _network_of(address)
        own = _Count(f"{network} {username}", FREE_FAILURES)
        codes = [_Count(f"code {username}", FREE_FAILURES)] if has_code else []
        # Counted before the password is checked. Otherwise many attempts at once would all find the same low number.
        counts = [own, _Count(network, self._address_failures)] if self._address_failures else [own]
        if waiting := max(self._call(count.waiting) for count in counts + codes):
            raise TooManyAttempts("Too many attempts. Please wait and try again.", retryAfter=waiting)
        for count in counts + codes:
            self._call(count.add)
        try:
            yield
        except WrongCode:
            raise
        except (WrongCredentials, WrongPassword):
            self._forgive(codes)
            raise
        except BaseException:
            self._forgive(counts + codes)
            raise
        self._forgive(counts + codes)
        for count in [own, *codes]:
            self._call(count.clear)

    def _forgive(self, counts: "list[_Count]") -> None:
        for count in counts:
            self._call(count.take_back)

    def _call(self, step: Any) -> int:
        """Takes a step in the shared storage. While that does not answer, this process counts by itself."""
        if self._shared is not None and monotonic() >= self._memory_until:
            try:
                return int(step(self._shared))
            except StorageError:
                self._memory_until = monotonic() + MEMORY_SECONDS
        return int(step(self._memory))


@dataclass(frozen=True, slots=True)
class _Count:
    """The failures that are counted under one key."""

    key: str
    free: int

    def waiting(self, storage: Any) -> int:
        """Seconds until the next attempt; 0 for none."""
        if not storage.get(self._delay):
            return 0
        return max(1, ceil(float(storage.get_expiry(self._delay)) - now().timestamp()))

    def add(self, storage: Any) -> int:
        failures = storage.incr(self._failures, FORGOTTEN_SECONDS)
        if failures > self.free:
            # The exponent is limited, since it has as many digits as an attacker has patience.
            seconds = min(2 ** min(failures - self.free - 1, 20), LONGEST_DELAY_SECONDS)
            storage.incr(self._delay, seconds)
        return 0

    def take_back(self, storage: Any) -> int:
        storage.clear(self._delay)
        return int(storage.incr(self._failures, FORGOTTEN_SECONDS, -1))

    def clear(self, storage: Any) -> int:
        storage.clear(self._failures)
        return 0

    @property
    def _failures(self) -> str:
        return f"chatapp sign-in failures {self.key}"

    @property
    def _delay(self) -> str:
        return f"chatapp sign-in delay {self.key}"


def _network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # of a Unix socket
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed.packed, IPV6_NETWORK_BITS), strict=False))
    return address
