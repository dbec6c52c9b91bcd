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
# gunicorn bounds the request line, the number of headers and the size of each; pre_request bounds their sum.
limit_request_line = 8_190
limit_request_fields = 100
limit_request_field_size = 8_190
control_socket_disable = True
# Log the path without the query string, because the query of a handshake carries the token.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)s'
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def pre_request(_worker: Any, request: Any) -> None:
    """Refuses with 431 a head that `chatapp serve` would refuse. Raises LimitRequestHeaders."""
    from gunicorn.http.errors import LimitRequestHeaders

    from chatapp.http_listener.request_parser import LARGEST_HEAD_BYTES

    line_bytes = len(f"{request.method} {request.uri} HTTP/1.1\r\n")
    header_bytes = sum(len(f"{name}: {value}\r\n") for name, value in request.headers)
    if line_bytes + header_bytes + len("\r\n") > LARGEST_HEAD_BYTES:
        raise LimitRequestHeaders("The headers are too large.")


def worker_exit(_server: Any, worker: Any) -> None:
    """Writes queued changes to the database before the process ends."""
    from chatapp import close_app

    close_app(worker.app.callable)
