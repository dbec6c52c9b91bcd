"""`ws.py` with a gate between a connection's rooms and its acceptance: it has entered them and waits.

`/debug/close?NAME` closes the gate for somebody, `/debug/arrived?NAME` says whether they wait at it, and
`/debug/open?NAME` opens it.
"""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from ws import app

_wrapped = app.wsgi_app
_dispatcher = app.extensions["chatapp.dispatcher"]
_require_session = _dispatcher._require_session
closed: set[str] = set()
waiting: set[str] = set()


def wait_and_require_session(sid: str, caller: Any) -> None:
    """The last thing that is done before a connection is accepted or refused."""
    waiting.add(caller.username)
    while caller.username in closed:
        time.sleep(0.01)
    waiting.discard(caller.username)
    _require_session(sid, caller)


def gated(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if not environ["PATH_INFO"].startswith("/debug/"):
        return _wrapped(environ, start_response)
    name = environ["QUERY_STRING"]
    if environ["PATH_INFO"] == "/debug/close":
        closed.add(name)
    elif environ["PATH_INFO"] == "/debug/open":
        closed.discard(name)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(name in waiting).encode()]


_dispatcher._require_session = wait_and_require_session
app.wsgi_app = gated  # type: ignore[method-assign]

if __name__ == "__main__":
    from chatapp.serve import serve_sockets

    serve_sockets(app)
