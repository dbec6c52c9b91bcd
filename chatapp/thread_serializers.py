"""What goes out about threads."""

from chatapp.actions.overview import Overview
from chatapp.actions.thread_roots import root_of
from chatapp.thread_shapes import RootShape


def root(overview: Overview) -> RootShape | None:
    """Where the root message of a thread is; None for any other conversation."""
    found = root_of(overview.row, overview.username)
    return None if found is None else {"receiver": found[0], "group": found[1], "sequence": found[2]}
