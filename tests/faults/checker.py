"""The checker: compares what all clients did and saw with what the database has, and lists the broken promises.

It is a function of its arguments alone, and knows nothing of what was done to the server.
"""

from collections.abc import Sequence
from itertools import chain

from tests.faults import checked_rows, checked_streams, checked_watermarks
from tests.faults.history import Entry
from tests.faults.stored import Stored
from tests.faults.violations import Violation


def check(entries: Sequence[Entry], stored: Stored) -> list[Violation]:
    """The broken promises, none twice. The entries are in the order of time. The run has ended: every message was sent
    again until it was acked, and every device has caught up."""
    rules = (checked_rows.check, checked_streams.check, checked_watermarks.check)
    return list(dict.fromkeys(chain.from_iterable(rule(entries, stored) for rule in rules)))
