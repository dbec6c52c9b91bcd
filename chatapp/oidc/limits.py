"""Bounds for what a provider can cost: time, size, and how many calls run at once.

A provider is another server: it may be slow, broken or taken over, and the chat goes on without it.
"""

from collections.abc import Callable
from concurrent.futures import Future
from io import BytesIO
from threading import BoundedSemaphore, Thread
from typing import Any, TypeVar

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from chatapp.errors import ProviderUnavailable

STEP_SECONDS = 5.0
"""Longest wait for a connection, and between two pieces of an answer."""
CALL_SECONDS = 10.0
"""Longest time that all requests of one sign-in take together. A server that sends a byte now and then keeps every step
short."""
BODY_BYTES = 262_144
PIECE_BYTES = 16_384
CALLS_AT_ONCE = 20
"""Of this process. Who waits has a thread or a greenlet."""

Result = TypeVar("Result")

_free = BoundedSemaphore(CALLS_AT_ONCE)


class LimitedAdapter(HTTPAdapter):
    """Sends requests within STEP_SECONDS, and reads BODY_BYTES of an answer at most, as they are after unpacking."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        response = super().send(request, True, STEP_SECONDS, verify, cert, proxies)
        body = bytearray()
        for piece in response.iter_content(PIECE_BYTES):
            body += piece
            if len(body) > BODY_BYTES:
                response.close()
                raise RequestException(f"{request.url} answers with more than {BODY_BYTES} bytes")
        fresh = Response()
        fresh.status_code, fresh.headers, fresh.reason = response.status_code, response.headers, response.reason
        fresh.url, fresh.request, fresh.encoding = response.url, response.request, response.encoding
        fresh.raw = BytesIO(body)
        return fresh


def within_limits(call: Callable[[], Result]) -> Result:
    """Returns what the call returns, and raises what it raises. Raises ProviderUnavailable after CALL_SECONDS, and at
    once while CALLS_AT_ONCE calls run."""
    if not _free.acquire(blocking=False):
        raise ProviderUnavailable("Too many people sign in by this provider at the same time.")
    future: Future[Result] = Future()
    Thread(target=_run, args=(call, future), daemon=True).start()
    try:
        return future.result(CALL_SECONDS)
    except TimeoutError:
        raise ProviderUnavailable("The provider did not answer in time.") from None


def _run(call: Callable[[], Result], future: "Future[Result]") -> None:
    try:
        result = call()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
    finally:
        _free.release()
