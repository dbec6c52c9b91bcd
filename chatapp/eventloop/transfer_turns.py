"""Turns of those who transfer many bytes: they bound what all of them together take of an iteration of the loop."""

from chatapp.eventloop.thread_pool import is_green

TURN_BYTES = 65_536
"""What is sent or received in a turn."""


def take_turn() -> None:
    """Waits until the caller may transfer TURN_BYTES. Without an event loop each request has its own thread, and this
    returns at once."""
    if is_green():
        from chatapp.eventloop.event_loop import current_loop

        current_loop().take_turn()
