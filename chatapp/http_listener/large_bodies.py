"""Which requests may have a body above the general limit: in memory, of which there are few at once, or read by the
application as it arrives."""

from collections.abc import Collection, Mapping

MOST_LARGE_BODIES = 8
"""Large bodies that all connections together may be sending or have sent, until each is answered."""


class LargeBodies:
    """`limits` are bytes, by method and path: `("PUT", "/profile/picture")`. The application itself reads the body of
    a request that is `streamed`, by method and beginning of the path: `("PATCH", "/uploads/")`."""

    def __init__(self, limits: Mapping[tuple[str, str], int], streamed: Collection[tuple[str, str]] = ()) -> None:
        self._limits = {(method, path.encode()): limit for (method, path), limit in limits.items()}
        self._streamed = [(method, beginning.encode()) for method, beginning in streamed]
        self._held = 0

    def allow(self, method: str, target: bytes, size: int) -> bool:
        """Whether a request of this method and target may have a body of this many bytes."""
        return size <= self._limits.get((method, target.partition(b"?")[0]), 0)

    def is_streamed(self, method: str, target: bytes) -> bool:
        """Whether the application reads the body of such a request as it arrives."""
        return any(method == one and target.startswith(beginning) for one, beginning in self._streamed)

    def take(self) -> bool:
        """Takes one of the MOST_LARGE_BODIES places. Returns whether there was one."""
        if self._held >= MOST_LARGE_BODIES:
            return False
        self._held += 1
        return True

    def release(self) -> None:
        """Gives a place back."""
        self._held -= 1


NONE = LargeBodies({})
"""Allows no large bodies."""
