"""`ws.py` with an additional route that counts the objects of the process, for tests only.

`gunicorn tests.engine.server_with_counters:app`, or `python -m tests.engine.server_with_counters` for eventlet's own.
"""

import gc
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ws import app as application

import greenlet  # isort: skip

COUNTED = ("EngineSocket", "Transport", "FrameReader", "Client", "Connection", "HttpConnection", "RequestReader")

_wrapped = application.wsgi_app


def counts() -> dict[str, int]:
    """Returns the number of objects of each kind after a garbage collection. `greenlets` are those that still run."""
    gc.collect()
    objects = gc.get_objects()
    names = Counter(type(one).__name__ for one in objects if str(type(one).__module__).startswith("chatapp."))
    found = {name: names[name] for name in COUNTED}
    found["greenlets"] = sum(1 for one in objects if isinstance(one, greenlet.greenlet) and not one.dead)
    found["threads"] = threading.active_count()
    server = application.extensions["socketio"].server
    found["sessions"] = len(server.eio.sockets)
    found["environs"] = len(server.environ)
    found["rooms"] = len(server.manager._rooms)
    return found


def observed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/debug/objects":
        return _wrapped(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(counts()).encode()]


application.wsgi_app = observed  # type: ignore[method-assign]
app = application

if __name__ == "__main__":
    from chatapp.serve import serve_sockets

    serve_sockets(app)
