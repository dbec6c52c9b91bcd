"""gunicorn for production: `gunicorn -b 127.0.0.1:8088 wsgi:app` and `gunicorn -b 127.0.0.1:8087 ws:app`.

gunicorn reads this file by itself from the folder it is started in.
"""

import os
import warnings
from typing import Any

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

worker_class = "eventlet"
# One worker each: a Socket.IO client's polling requests must all reach the process that knows it. Scale by processes,
# each with a port and a CHATAPP_NODE of its own.
workers = 1
# Each WebSocket holds one.
worker_connections = 50_000
graceful_timeout = 5
control_socket_disable = True
# The path without the query string: a handshake's query carries the token.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)s'
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def worker_exit(_server: Any, worker: Any) -> None:
    """Writes what is queued before the process ends."""
    from chatapp import close_app

    close_app(worker.app.callable)
