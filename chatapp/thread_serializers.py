"""What goes out about threads."""

from chatapp.actions.overview import Overview
from chatapp.actions.thread_roots import root_of
from chatapp.thread_shapes import RootShape


def root(overview: Overview) -> RootShape | None:
    """Where the root message of a thread is; None for any other conversation."""
    found = None if overview.part is None else root_of(overview.part.row, overview.username)
    return None if found is None else {"receiver": found[0], "group": found[1], "sequence": found[2]}
