"""How many HTTP requests a signed-in person may make. What nobody has signed in for, such as static files, is free."""

import time
from math import ceil

from flask import Flask, current_app

from chatapp.config import Settings
from chatapp.eventloop.thread_pool import is_green
from chatapp.load_errors import TooManyRequests
from chatapp.token_bucket import Budgets

REFUSAL_SECONDS = 1.0
"""How long a refusal takes that comes after too many others. A waiting greenlet costs next to nothing."""

_KEY = "chatapp.request_limit"


class RequestLimit:
    """Counts the requests of each person on this process. `rate` is a second's; 0 for any number."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._budgets = Budgets(rate)

    def count(self, user_id: int) -> None:
        """Counts a request. Raises TooManyRequests."""
        if not self._rate:
            return
        budget = self._budgets.of(user_id)
        if waiting := budget.allowed.spend():
            if budget.refusals.spend() and is_green():
                # Whoever goes on at once after so many refusals gets the next ones slowly.
                time.sleep(REFUSAL_SECONDS)
            raise TooManyRequests("Too many requests at once. Please wait and try again.", retryAfter=ceil(waiting))


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions[_KEY] = RequestLimit(settings.request_rate)


def count_request(user_id: int) -> None:
    """Counts a request of this person. Raises TooManyRequests. Needs an app context."""
    limit: RequestLimit = current_app.extensions[_KEY]
    limit.count(user_id)
