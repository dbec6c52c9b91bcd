"""How many HTTP requests a signed-in person may make. What nobody has signed in for, such as static files, is free."""

from math import ceil

from flask import Flask, current_app

from chatapp.config import Settings
from chatapp.load_errors import TooManyRequests
from chatapp.token_bucket import TokenBucket

BUCKETS_KEPT = 10_000
"""With more than these, the full ones are dropped, which allow the same as new ones."""

_KEY = "chatapp.request_limit"


class RequestLimit:
    """Counts the requests of each person on this process. `rate` is a second's; 0 for any number."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._buckets: dict[int, TokenBucket] = {}

    def count(self, user_id: int) -> None:
        """Counts a request. Raises TooManyRequests."""
        if not self._rate:
            return
        bucket = self._buckets.get(user_id) or self._new(user_id)
        if waiting := bucket.spend():
            raise TooManyRequests("Too many requests at once. Please wait and try again.", retryAfter=ceil(waiting))

    def _new(self, user_id: int) -> TokenBucket:
        if len(self._buckets) >= BUCKETS_KEPT:
            self._buckets = {own: bucket for own, bucket in list(self._buckets.items()) if not bucket.is_full()}
        return self._buckets.setdefault(user_id, TokenBucket(self._rate))


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions[_KEY] = RequestLimit(settings.request_rate)


def count_request(user_id: int) -> None:
    """Counts a request of this person. Raises TooManyRequests. Needs an app context."""
    limit: RequestLimit = current_app.extensions[_KEY]
    limit.count(user_id)
