"""Whether the other end of a TCP connection has hung up. Linux reports it even while received data is unread."""

from chatapp.eventloop.unpatched import select

HANG_UP = select.EPOLLRDHUP
"""An event for `EventLoop.watch`: the other end sends no more. A broken connection is reported as well."""


def has_hung_up(descriptor: int) -> bool:
    """Whether the other end sends no more."""
    return _is_any(descriptor, select.POLLRDHUP)


def is_broken(descriptor: int) -> bool:
    """Whether no more can be written: the other end has reset the connection, or a write has failed."""
    # poll reports POLLHUP and POLLERR without being asked for them.
    return _is_any(descriptor, 0)


def _is_any(descriptor: int, events: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, events)
    return bool(poll.poll(0))
