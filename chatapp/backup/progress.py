"""How work tells how far it is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], None]
"""Called with the number of bytes that are done since the last call."""

Stages = Callable[[str, int], AbstractContextManager[Advance]]
"""Begins a stage of the work, with its name and its length in bytes."""


@contextmanager
def silently(_name: str, _length: int) -> Iterator[Advance]:
    """A stage that nobody watches."""
    yield lambda _count: None
