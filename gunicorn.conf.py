"""Settings of gunicorn: `gunicorn -b 127.0.0.1:8088 wsgi:app` and `gunicorn -b 127.0.0.1:8087 ws:app`.

gunicorn reads this file from its working directory.
"""

import os
import warnings
from typing import Any

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

worker_class = "eventlet"
# One worker: all polling requests of a Socket.IO client must reach the process that holds its session. To scale, start
# more processes, each with its own port and CHATAPP_NODE.
workers = 1
# Each WebSocket counts as one connection.
worker_connections = 50_000
graceful_timeout = 5
control_socket_disable = True
# Log the path without the query string, because the query of a handshake carries the token.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)s'
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def worker_exit(_server: Any, worker: Any) -> None:
    """Writes queued changes to the database before the process ends."""
    from chatapp import close_app

    close_app(worker.app.callable)
