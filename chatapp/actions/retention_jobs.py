"""The job that erases messages whose retention is over."""

from chatapp.jobs.queue import enqueue_repeating
from chatapp.journal import Transaction

RETENTION = "retention"


def sweep_soon(transaction: Transaction) -> None:
    """Has messages erased soon after a time was shortened, not at the next sweep."""
    enqueue_repeating(transaction, RETENTION)
