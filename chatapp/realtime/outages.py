"""Background work that waits for the end of a database outage."""

import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from chatapp.journal.database_errors import is_outage

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

RETRY_SECONDS = 1.0


def retry_during_outage(call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Returns what the call returns. While the database cannot be used, calls it again every RETRY_SECONDS."""
    is_retried = False
    while True:
        try:
            return call(*args, **kwargs)
        except Exception as error:
            if not is_outage(error):
                raise
            if not is_retried:
                log.warning("Background work is retried until the database can be used: %s", error)
        is_retried = True
        time.sleep(RETRY_SECONDS)
