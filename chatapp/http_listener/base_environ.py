"""The entries of a WSGI environ (PEP 3333) that all requests of a listener share."""

import sys
from typing import Any


def base_environ(host: str, port: int) -> dict[str, Any]:
    """Of a listener that is bound to this address."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
    }
